//! One `[[proxy.route]]`: a router, and the service that it is for.

use std::collections::{BTreeMap, BTreeSet};

use settings::Section;

use super::{Writer, branch};
use crate::node::{Node, Place};
use crate::normalize::normalize;
use crate::plan::Files;
use crate::rule::{Rule, Syntax};

/// What the routes declare: fields of `http.routers`, fields of `http.services`, folders.
#[derive(Default)]
pub(super) struct Routes {
    pub(super) routers: Vec<(String, Node)>,
    pub(super) services: Vec<(String, Node)>,
    pub(super) folders: BTreeMap<String, (Place, Files)>,
}

/// Reads all `[[proxy.route]]`.
pub(super) fn read_all(proxy: &Section<'_>, writer: &mut Writer) -> Routes {
    let mut routes = Routes::default();
    let mut names = BTreeSet::new();
    for section in proxy.sections("route") {
        let name = name(&section, &mut names);
        Reader { section, writer, name }.read(&mut routes);
    }
    routes
}

/// The name that is written, else one made of the texts in the rule: `example-com-api`.
fn name(section: &Section<'_>, taken: &mut BTreeSet<String>) -> String {
    let written = section.string("name").filter(|name| !name.is_empty());
    if let Some(name) = &written
        && (name.contains('@') || taken.contains(name))
    {
        let problem = format!("`{name}` is taken by a route above, or has an @ in it");
        section.fault("name", problem, "write a name that no other route has, without @");
    }
    let rule = section.string("rule").unwrap_or_default();
    let made = || match normalize(&quoted(&rule)) {
        name if name.is_empty() => "route".to_owned(),
        name => name,
    };
    let base = written.unwrap_or_else(made);
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let name = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name));
    let name = name.unwrap_or(base);
    taken.insert(name.clone());
    name
}

/// The texts in quotes of a rule, with spaces between them.
fn quoted(rule: &str) -> String {
    let parts: Vec<&str> = rule.split(['`', '"']).collect();
    let texts: Vec<&str> = parts.iter().skip(1).step_by(2).copied().collect();
    texts.join(" ")
}

struct Reader<'t, 'w> {
    section: Section<'t>,
    writer: &'w mut Writer,
    name: String,
}

impl Reader<'_, '_> {
    fn read(mut self, routes: &mut Routes) {
        if !self.section.is_set("rule") {
            self.section.fault("rule", "is missing", "write rule = \"Host(`example.com`)\"");
        }
        let keys = ["rule", "entrypoints", "middlewares", "priority"];
        let mut router = branch(keys.iter().filter_map(|key| Some((*key, self.copy(key)?))));
        router.children.extend(self.tls().map(|tls| ("tls".to_owned(), tls)));
        router.children.extend(self.destination(routes).map(|service| ("service".to_owned(), service)));
        if let Some(rule) = router.child("rule") {
            router.place = rule.place.clone();
        }
        routes.routers.push((self.name, router));
    }

    /// `tls = "le"`, `tls = true`, or a table with Traefik's own keys.
    fn tls(&mut self) -> Option<Node> {
        let node = self.copy("tls")?;
        match node.value.as_deref() {
            None | Some("true" | "false" | "") => Some(node),
            Some(_) => Some(Node { place: node.place.clone(), ..branch([("certResolver", node)]) }),
        }
    }

    /// The service's name, and the service itself where it is declared here.
    fn destination(&mut self, routes: &mut Routes) -> Option<Node> {
        let to = self.copy("to");
        let folder = self.folder();
        let service = self.copy("service");
        if [to.is_some(), folder.is_some(), service.is_some()].iter().filter(|set| **set).count() != 1 {
            let problem = "says not, or more than once, where its requests go";
            let instead = "write exactly one of to = \"http://web:8000\", static = \"folder\" and service = \"name@docker\"";
            self.section.fault("", problem, instead);
            return None;
        }
        if service.is_some() {
            return service;
        }
        if let Some((place, files)) = folder {
            routes.folders.insert(self.name.clone(), (place.clone(), files));
            return Some(Node::text(self.name.clone(), place));
        }
        let to = to?;
        let place = to.place.clone();
        routes.services.push((self.name.clone(), branch([("loadBalancer", self.servers(to))])));
        Some(Node::text(self.name.clone(), place))
    }

    /// The servers of `to`, with what else is said of them.
    fn servers(&mut self, to: Node) -> Node {
        let urls =
            if to.is_list() { to.children.into_iter().map(|(_, url)| url).collect() } else { vec![to] };
        let servers = urls.into_iter().enumerate();
        let servers = servers.map(|(index, url)| (format!("[{index}]"), branch([("url", with_scheme(url))])));
        let mut balancer = branch([("servers", branch(servers))]);
        let mut put = |name: &str, node: Option<Node>| {
            balancer.children.extend(node.map(|node| (name.to_owned(), node)));
        };
        put("passHostHeader", self.copy("pass_host_header"));
        put("sticky", self.copy("sticky").map(|sticky| branch([("cookie", sticky)])));
        put("healthCheck", self.copy("health_check").map(|path| branch([("path", path)])));
        balancer
    }

    /// `static = "folder"`, from which the settings' own folder is reckoned.
    fn folder(&mut self) -> Option<(Place, Files)> {
        let strip = self.section.boolean("strip").unwrap_or(true);
        let folder = self.section.path("static")?;
        let written = self.section.written("static")?;
        let place = self.writer.place(&self.key("static"), &written.place);
        let rule = self.section.string("rule").unwrap_or_default();
        let prefix = if strip { prefix(&rule) } else { String::new() };
        Some((place, Files { folder, prefix }))
    }

    fn copy(&mut self, key: &str) -> Option<Node> {
        let written = self.section.written(key)?;
        Some(self.writer.node(&self.key(key), &written))
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.section.key_path())
    }
}

/// `web:8000` means `http://web:8000`.
fn with_scheme(url: Node) -> Node {
    let value = url.value.map(|text| if text.contains("://") { text } else { format!("http://{text}") });
    Node { value, ..url }
}

/// What every path of the rule begins with, without a slash at its end; empty if there is no such thing.
fn prefix(rule: &str) -> String {
    let rule = Rule::parse(rule, Syntax::V3);
    let prefix = rule.as_ref().ok().and_then(Rule::path_prefix).unwrap_or_default();
    prefix.trim_end_matches('/').to_owned()
}
