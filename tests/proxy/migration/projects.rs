//! The compose files, and the dynamic files that go with them.

/// The backends' script, mounted into each.
pub(super) const SERVE: &str = include_str!("serve.sh");
pub(super) const FASTAPI: &str = include_str!("fastapi.yml");
pub(super) const SWARM: &str = include_str!("swarm.yml");
pub(super) const HOMELAB: &str = include_str!("homelab.yml");
pub(super) const HOMELAB_RULES: &str = include_str!("homelab-rules.yml");
pub(super) const COOLIFY: &str = include_str!("coolify.yml");
pub(super) const DOKPLOY: &str = include_str!("dokploy.yml");
pub(super) const AUTHELIA: &str = include_str!("authelia.yml");
pub(super) const PORTS: &str = include_str!("ports.yml");
pub(super) const TCP: &str = include_str!("tcp.yml");
pub(super) const REPLICAS: &str = include_str!("replicas.yml");
pub(super) const DJANGO: &str = include_str!("django.yml");
pub(super) const DJANGO_TRAEFIK: &str = include_str!("django-traefik.yml");
