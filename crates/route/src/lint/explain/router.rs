//! Options of routers.

pub(super) const OPTIONS: [(&str, &str); 15] = [
    ("rule", "which requests it takes"),
    ("rulesyntax", "in which of Traefik's syntaxes the rule is written"),
    ("entrypoints", "on which entrypoints it listens"),
    ("service", "where it sends its requests"),
    ("middlewares", "what its requests pass on the way, in this order"),
    ("priority", "routers with a greater number are tried first; without one, those with longer rules"),
    ("tls", "it takes requests over TLS only"),
    ("tls.certresolver", "who gets the certificate"),
    ("tls.domains", "the names of the certificate, instead of the hosts of the rule"),
    ("tls.options", "what is demanded of TLS connections"),
    ("observability", "what is recorded of its requests"),
    ("observability.accesslogs", "whether its requests are logged"),
    ("observability.metrics", "whether its requests are counted"),
    ("observability.tracing", "nothing: trace ids are always passed on"),
    ("observability.traceverbosity", "nothing: trace ids are always passed on"),
];
