use super::explain;

#[test]
fn labels_are_explained() {
    let check = |label: &str, expected: &str| {
        assert_eq!(explain(label).as_deref().unwrap_or("nothing"), expected, "{label}");
    };
    check("traefik.enable", "whether the container is routed to");
    check("traefik.http.routers.web.rule", "the router web: which requests it takes");
    check("traefik.HTTP.Routers.Web.TLS.certResolver", "the router Web: who gets the certificate");
    check(
        "traefik.http.routers.web.tls.domains[0].main",
        "the router web: the names of the certificate, instead of the hosts of the rule",
    );
    check("traefik.http.routers.web.tls", "the router web: it takes requests over TLS only");
    check(
        "traefik.http.services.a.loadbalancer.server.port",
        "the service a: the port on which the container listens",
    );
    check(
        "traefik.http.services.a.loadbalancer.healthcheck.path",
        "the service a: the path that replicas are asked for",
    );
    check(
        "traefik.http.middlewares.x.basicauth.users",
        "the middleware x: who may pass: names with hashes of their passwords",
    );
    check(
        "traefik.http.middlewares.x.replacepathregex.regex",
        "the middleware x: the paths that are replaced",
    );
    check("traefik.http.routers.web.nonsense", "nothing");
    check("traefik.tcp.routers.web.rule", "nothing");
    check("com.docker.compose.service", "nothing");
    check("traefik.http", "nothing");
    check("", "nothing");
}
