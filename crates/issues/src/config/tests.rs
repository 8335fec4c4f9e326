use settings::Tree;

use super::*;

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn what_is_written_holds_and_the_rest_has_defaults() {
    assert_eq!(read(""), (Config::default(), Vec::new()));
    let text = "
        [identity]
        environment = \"staging\"
        [issues]
        retention = \"30d\"
        max_size = \"1GiB\"
        attachment_max_size = \"1MiB\"
        attachments_max_size = \"2GiB\"
        errors_per_minute = 10
        transactions_per_minute = 20
        new_issues_per_minute = 30
        spike_factor = 0
        sample_after = 7
        grouping = \"module:vendor.* -app\"
        [[issues.project]]
        name = \"shop\"
        service = \"web\"
        key = \"0123456789abcdef0123456789abcdef\"
        id = 7
        [[issues.project]]
        name = \"worker\"
        [issues.mask]
        enabled = false
        safe_keys = [\"auth_method\"]
        ip_addresses = true
    ";
    let (config, faults) = read(text);
    assert_eq!(faults, Vec::<String>::new());
    let shop = ProjectConfig {
        name: "shop".into(),
        service: Some("web".into()),
        key: "0123456789abcdef0123456789abcdef".parse().ok(),
        id: Some(event::ProjectId(7)),
        line: Some(16),
    };
    let worker = ProjectConfig { name: "worker".into(), service: None, key: None, id: None, line: Some(21) };
    let expected = Config {
        retention: 30 * DAY,
        max_size: ByteSize(1 << 30),
        attachment_max_size: ByteSize(1 << 20),
        attachments_max_size: ByteSize(2 << 30),
        quotas: Quotas {
            errors_per_minute: 10,
            transactions_per_minute: 20,
            new_issues_per_minute: 30,
            spike_factor: 0,
        },
        sample_after: 7,
        grouping: "module:vendor.* -app".into(),
        projects: vec![shop, worker],
        environment: "staging".into(),
        mask: MaskConfig { enabled: false, safe_keys: vec!["auth_method".into()], ip_addresses: true },
    };
    assert_eq!(config, expected);
}

#[test]
fn every_fault_is_told() {
    let check = |text: &str, expected: &[&str]| {
        let (config, faults) = read(text);
        assert_eq!(config.projects.len(), text.matches("kept").count(), "{text}");
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for (fault, part) in faults.iter().zip(expected) {
            assert!(fault.contains(part), "{fault}");
        }
    };
    check(
        "[issues]\nretention = \"1h\"\nmax_size = \"1MiB\"\nattachment_max_size = \"1GiB\"\nsample_after = 0",
        &["write 1d or more", "write 50MiB or more", "write 50MiB or less", "of at least 1"],
    );
    check("[issues]\ngrouping = \"module -> x\"", &["issues.grouping"]);
    check("[[issues.project]]\nservice = \"web\"", &["write the project's name"]);
    check("[[issues.project]]\nname = \"My shop\"", &["\"My shop\" is no project's name"]);
    check("[[issues.project]]\nname = \"7\"", &["a letter among them"]);
    check("[[issues.project]]\nname = \"kept\"\nkey = \"AB\"", &["`AB` is no key"]);
    let twice = |line: &str| {
        format!("[[issues.project]]\nname = \"kept\"\n{line}\n[[issues.project]]\nname = \"other\"\n{line}")
    };
    check(&twice("id = 7"), &["issues.project[1].id: is that of \"kept\" too"]);
    check(&twice("key = \"0123456789abcdef0123456789abcdef\""), &["is that of \"kept\" too"]);
    check(
        "[[issues.project]]\nname = \"kept\"\n[[issues.project]]\nname = \"kept-2\"\nid = 0",
        &["of at least 1"],
    );
}
