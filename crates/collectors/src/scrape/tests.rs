mod bodies;
mod http;
mod pool;
mod program;
mod tls;
