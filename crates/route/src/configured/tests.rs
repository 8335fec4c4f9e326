use super::*;

/// The faults of `[proxy]`, without the file's name.
fn faults(text: &str) -> Vec<String> {
    let tree = settings::Tree::parse("p.toml", text, []);
    Configured::read(&tree.root().section("proxy"));
    tree.finish().iter().map(|fault| fault.to_string().replace("p.toml:", "")).collect()
}

#[test]
fn faults_stand_where_they_were_written() {
    let check = |text: &str, expected: &[&str]| assert_eq!(faults(text), expected, "{text}");
    check("[[proxy.route]]\nrule = \"Host(`a`)\"\nto = \"http://web:80\"", &[]);
    check(
        "[[proxy.route]]\nto = \"http://web:80\"",
        &["1:1: proxy.route[0].rule: is missing; write rule = \"Host(`example.com`)\""],
    );
    let destination =
        "write exactly one of to = \"http://web:8000\", static = \"folder\" and service = \"name@docker\"";
    let wrong =
        format!("1:1: proxy.route[0]: says not, or more than once, where its requests go; {destination}");
    check("[[proxy.route]]\nrule = \"Host(`a`)\"", &[&wrong]);
    check("[[proxy.route]]\nrule = \"Host(`a`)\"\nto = \"http://a\"\nstatic = \"b\"", &[&wrong]);
    check(
        "[[proxy.route]]\nrule = \"Host(`a`)\"\nto = \"http://a\"\nmiddleware = [\"x\"]",
        &["4:1: proxy.route[0].middleware: no such section or key; write `middlewares`"],
    );
    check(
        "[[proxy.route]]\nrule = \"Host(`a`)\"\nto = \"http://a\"\npriority = \"high\"",
        &["4:12: proxy.route[0].priority: `high` is no value for `priority`; write a whole number"],
    );
    check(
        "[proxy.middlewares.limit]\nratelimit = { averag = 100 }",
        &[
            "2:24: proxy.middlewares.limit.ratelimit.averag: `averag` is no option here; did you mean `average`?",
        ],
    );
    check(
        "[proxy]\nmiddlewares = 3",
        &[
            "2:15: proxy.middlewares: is no section; write [proxy.middlewares.<name>] and below it the kind with its options",
        ],
    );
}

#[test]
fn two_routes_of_one_name_are_a_fault() {
    let route = "[[proxy.route]]\nname = \"a\"\nrule = \"Host(`a`)\"\nto = \"http://a\"\n";
    let found = faults(&format!("{route}{route}"));
    let expected = "6:8: proxy.route[1].name: `a` is taken by a route above, or has an @ in it; write a name that no other route has, without @";
    assert_eq!(found, [expected]);
}
