use settings::Tree;

use super::*;

#[test]
fn each_value_is_told_with_where_it_comes_from() {
    let file = "[logs]\nretention = \"7d\"\n[[queue]]\nkind = \"celery\"\nurl = \"redis://:pw@redis/0\"\n\
                [auth]\nadmin_password = \"correct horse\"\n";
    let environment = [("PORTHOLE_SERVER__LISTEN".to_owned(), "127.0.0.1:1".to_owned())];
    let tree = Tree::parse("porthole.toml", file, environment);
    let set = tree.root().shown();
    let all = sections(&set);
    let find = |section: &str, key: &str| {
        let found = all.iter().find(|one| one.name == section).expect("the section is there");
        found.keys.iter().find(|one| one.key == key).expect("the key is there").clone()
    };
    let check = |section: &str, key: &str, value: &str, origin, place: &str| {
        let found = find(section, key);
        assert_eq!(
            (found.value.as_str(), found.origin, found.place.as_str()),
            (value, origin, place),
            "{key}"
        );
    };
    check("logs", "retention", "\"7d\"", KeyOrigin::File, "porthole.toml:2");
    check("logs", "max_size", "\"20GiB\"", KeyOrigin::Default, "");
    check("server", "listen", "\"127.0.0.1:1\"", KeyOrigin::Environment, "PORTHOLE_SERVER__LISTEN");
    check("queue[0]", "url", "\"redis://…@redis/0\"", KeyOrigin::File, "porthole.toml:5");
    check("auth", "admin_password", "", KeyOrigin::File, "porthole.toml:7");
    assert!(find("auth", "admin_password").secret && find("server", "listen").restart);
    assert_eq!(find("logs", "retention").default, "\"30d\"");
    assert_eq!(value_of(&set, "logs", "retention"), "7d");
    assert_eq!(value_of(&set, "metrics", "retention"), "1y");
}
