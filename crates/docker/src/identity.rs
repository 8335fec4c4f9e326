//! Who a container is, from its name and labels; and what its labels ask of Porthole.

use std::collections::BTreeMap;

use model::{Identity, Multiline};

const SERVICE: &str = "porthole.service";
const ENVIRONMENT: &str = "porthole.environment";
const LOGS: &str = "porthole.logs";
const MULTILINE: &str = "porthole.logs.multiline";
const IGNORE: &str = "porthole.ignore";
const COMPOSE_SERVICE: &str = "com.docker.compose.service";
const COMPOSE_PROJECT: &str = "com.docker.compose.project";
const COMPOSE_ONEOFF: &str = "com.docker.compose.oneoff";

/// The labels of a container or of an event about it.
pub(crate) type ContainerLabels = BTreeMap<String, String>;

/// What holds for every container of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) environment: String,
    pub(crate) host: String,
}

impl Surroundings {
    /// The identity of the container `name` (with or without its leading slash).
    pub(crate) fn identify(&self, name: &str, labels: &ContainerLabels) -> Identity {
        let container = name.trim_start_matches('/');
        let service = label(labels, SERVICE).or_else(|| label(labels, COMPOSE_SERVICE)).unwrap_or(container);
        Identity {
            service: service.to_owned(),
            project: label(labels, COMPOSE_PROJECT).unwrap_or_default().to_owned(),
            environment: label(labels, ENVIRONMENT).unwrap_or(&self.environment).to_owned(),
            host: self.host.clone(),
            container: container.to_owned(),
        }
    }
}

/// Whether the container shall not exist for Porthole at all.
pub(crate) fn is_ignored(labels: &ContainerLabels) -> bool {
    label(labels, IGNORE).is_some_and(is_yes)
}

/// Whether its log shall be collected.
pub(crate) fn wants_logs(labels: &ContainerLabels) -> bool {
    !label(labels, LOGS).is_some_and(is_no)
}

/// Which of its lines belong together.
pub(crate) fn multiline(labels: &ContainerLabels) -> Multiline {
    Multiline::from_text(label(labels, MULTILINE).unwrap_or_default())
}

/// Whether it was made by `docker compose run` for one command: never a deploy.
pub(crate) fn is_one_off(labels: &ContainerLabels) -> bool {
    label(labels, COMPOSE_ONEOFF).is_some_and(is_yes)
}

/// An empty label counts as absent, as everywhere in Loki and Prometheus.
fn label<'a>(labels: &'a ContainerLabels, name: &str) -> Option<&'a str> {
    labels.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn is_yes(value: &str) -> bool {
    ["true", "1", "yes", "on"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_no(value: &str) -> bool {
    ["false", "0", "no", "off"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> ContainerLabels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn labels_name_a_container() {
        let here = Surroundings { environment: "production".to_owned(), host: "web-1".to_owned() };
        let check = |name: &str, pairs: &[(&str, &str)], expected: [&str; 4]| {
            let identity = here.identify(name, &labels(pairs));
            let got = [identity.service, identity.project, identity.environment, identity.container];
            assert_eq!(got.each_ref().map(String::as_str), expected, "{name} {pairs:?}");
            assert_eq!(identity.host, "web-1");
        };
        check("/web", &[], ["web", "", "production", "web"]);
        let compose = [(COMPOSE_PROJECT, "shop"), (COMPOSE_SERVICE, "web")];
        check("/shop-web-1", &compose, ["web", "shop", "production", "shop-web-1"]);
        check(
            "/shop-web-1",
            &[compose[0], compose[1], (SERVICE, "api")],
            ["api", "shop", "production", "shop-web-1"],
        );
        check("db", &[(ENVIRONMENT, "staging")], ["db", "", "staging", "db"]);
        check("db", &[(ENVIRONMENT, " "), (SERVICE, "")], ["db", "", "production", "db"]);
    }

    #[test]
    fn labels_switch_things_off() {
        let check = |pair: (&str, &str), ignored: bool, logs: bool, one_off: bool| {
            let labels = labels(&[pair]);
            let got = (is_ignored(&labels), wants_logs(&labels), is_one_off(&labels));
            assert_eq!(got, (ignored, logs, one_off), "{pair:?}");
        };
        check(("unrelated", "true"), false, true, false);
        check((IGNORE, "true"), true, true, false);
        check((IGNORE, "false"), false, true, false);
        check((LOGS, "false"), false, false, false);
        check((LOGS, "Off"), false, false, false);
        check((LOGS, "true"), false, true, false);
        check((COMPOSE_ONEOFF, "True"), false, true, true);
        check((COMPOSE_ONEOFF, "False"), false, true, false);
    }

    #[test]
    fn a_label_tells_which_lines_belong_together() {
        let check = |value: &str, expected: Multiline| {
            assert_eq!(multiline(&labels(&[(MULTILINE, value)])), expected, "{value}");
        };
        check("", Multiline::Auto);
        check("off", Multiline::Off);
        check("^\\[", Multiline::FirstLine("^\\[".into()));
        assert_eq!(multiline(&labels(&[])), Multiline::Auto);
    }
}
