//! The settings of the whole appliance: the file found, every engine's section read, all faults together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use settings::{Fault, Tree};

const FALL_BACKS: [&str; 2] = ["porthole.toml", "/etc/porthole/porthole.toml"];

/// The project of the demo's shop, and its key: both are known to nobody but the demo, on loopback.
pub(crate) const DEMO_PROJECT: u64 = 1;
pub(crate) const DEMO_KEY: &str = "d3a0d3a0d3a0d3a0d3a0d3a0d3a0d3a0";

/// Each engine's own configuration.
pub(crate) struct Configuration {
    pub(crate) server: server::Config,
    pub(crate) docker: docker::Config,
    pub(crate) logs: logs::Config,
    pub(crate) metrics: metrics::Config,
    pub(crate) issues: issues::Config,
    pub(crate) collectors: collectors::Config,
    pub(crate) proxy: proxy::Config,
    pub(crate) alerts: alerts::Config,
    /// The file that it was read from, to be watched for changes.
    pub(crate) file: Option<PathBuf>,
}

impl Configuration {
    /// Reads the file that `--config` names or the first that is found, and the environment.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Result<Self, Vec<Fault>>> {
        let file = find(named);
        let tree = Tree::load(file.as_deref(), environment()).context("reading the settings")?;
        Ok(Self::read(tree, file))
    }

    /// The demo's settings: everything by default but its own Docker; only `[server]` and `[auth]` follow the
    /// environment, so that a demo never touches what belongs to its user.
    pub(crate) fn for_demo(docker_host: &str, proxy: SocketAddr) -> Result<Self, Vec<Fault>> {
        let text = format!(
            r#"
            [identity]
            host = "demo"
            [server]
            listen = "127.0.0.1:4100"
            [auth]
            mode = "none"
            [docker]
            host = {docker_host:?}
            [[issues.project]]
            name = "shop"
            service = "web"
            id = {DEMO_PROJECT}
            key = "{DEMO_KEY}"
            [proxy.entrypoints.web]
            address = "{proxy}"
            trusted_ips = ["127.0.0.0/8"]
            "#
        );
        let of_the_page =
            |name: &str| name.starts_with("PORTHOLE_SERVER__") || name.starts_with("PORTHOLE_AUTH__");
        let environment = environment().filter(|(name, _)| of_the_page(name));
        Self::read(Tree::parse("demo", &text, environment), None)
    }

    fn read(tree: Tree, file: Option<PathBuf>) -> Result<Self, Vec<Fault>> {
        let root = tree.root();
        let configuration = Self {
            server: server::Config::read(&root),
            docker: docker::Config::read(&root),
            logs: logs::Config::read(&root),
            metrics: metrics::Config::read(&root),
            issues: issues::Config::read(&root),
            collectors: collectors::Config::read(&root),
            proxy: proxy::Config::read(&root),
            alerts: alerts::Config::read(&root),
            file,
        };
        drop(root);
        let faults = tree.finish();
        if faults.is_empty() { Ok(configuration) } else { Err(faults) }
    }
}

/// The variables that are text; others cannot be meant for us.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn find(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = named {
        return Some(path.to_owned());
    }
    if let Some(path) = std::env::var_os("PORTHOLE_CONFIG") {
        return Some(path.into());
    }
    FALL_BACKS.iter().map(PathBuf::from).find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../config/porthole.toml");

    fn check(name: &str, text: &str) {
        let tree = Tree::parse(name, text, []);
        if let Err(faults) = Configuration::read(tree, None) {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}", told.join("\n"));
        }
    }

    #[test]
    fn nothing_set_is_a_whole_configuration() {
        check("nothing", "");
    }

    #[test]
    fn the_shipped_file_is_free_of_faults_as_it_is_and_with_every_key_taken_in() {
        check("porthole.toml", EXAMPLE);
        // A key is commented out as `#key = value`, prose as `# prose`.
        let taken_in: Vec<&str> = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(key) if !key.starts_with(' ') => key,
                _ => line,
            })
            .collect();
        check("porthole.toml", &taken_in.join("\n"));
    }
}
