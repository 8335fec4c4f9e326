//! What the TOML file says about Docker: `[docker]`, and `[identity]` for the names of its containers.

use settings::Section;

use crate::client::Address;

const DEFAULT_ENVIRONMENT: &str = "production";

/// Which engine to ask, and how its containers are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[docker] enabled`: whether to speak to an engine at all.
    pub enabled: bool,
    /// `[docker] host`: where the engine listens.
    pub address: Address,
    /// `[docker] own_logs`: whether to collect the log of the container that Porthole itself runs in. Off by
    /// default, since each line that Porthole writes about a line would become a line.
    pub own_logs: bool,
    /// `[identity] environment`: of containers without a label `porthole.environment`.
    pub environment: String,
    /// `[identity] host`: the machine's name. Without it, the hostname; in a container, whose hostname is
    /// but its id, the engine's.
    pub host: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            address: Address::default(),
            own_logs: false,
            environment: DEFAULT_ENVIRONMENT.to_owned(),
            host: None,
        }
    }
}

impl Config {
    /// Reads `[docker]` and `[identity]` below `root`; faults are recorded there.
    pub fn read(root: &Section<'_>) -> Self {
        let docker = root.section("docker");
        let identity = root.section("identity");
        let default = Self::default();
        Self {
            enabled: docker.boolean("enabled").unwrap_or(default.enabled),
            address: docker.with("host", Address::parse).unwrap_or(default.address),
            own_logs: docker.boolean("own_logs").unwrap_or(default.own_logs),
            environment: name(&identity, "environment").unwrap_or(default.environment),
            host: name(&identity, "host"),
        }
    }
}

fn name(section: &Section<'_>, key: &str) -> Option<String> {
    section.with(key, |text| match text.trim() {
        "" => Err("is empty; write a name or leave the key out".to_owned()),
        name => Ok(name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use settings::Tree;

    use super::*;

    #[test]
    fn both_sections_are_read() {
        let check = |text: &str, expected: Config, faults: &[&str]| {
            let tree = Tree::parse("porthole.toml", text, []);
            assert_eq!(Config::read(&tree.root()), expected, "{text}");
            let found: Vec<String> = tree.finish().into_iter().map(|fault| fault.key).collect();
            assert_eq!(found, faults, "{text}");
        };
        check("", Config::default(), &[]);
        let address = Address::Tcp { host: "proxy".to_owned(), port: 2375 };
        check(
            "[identity]\nhost = \"web-1\"\nenvironment = \"staging\"\n\
             [docker]\nhost = \"tcp://proxy\"\nenabled = false\nown_logs = true\n",
            Config {
                enabled: false,
                address,
                own_logs: true,
                environment: "staging".to_owned(),
                host: Some("web-1".to_owned()),
            },
            &[],
        );
        check(
            "[identity]\nhost = \" \"\n[docker]\nhost = \"docker.sock\"\nenabled = \"perhaps\"\nlogs = true\n",
            Config::default(),
            &["identity.host", "docker.host", "docker.enabled", "docker.logs"],
        );
    }
}
