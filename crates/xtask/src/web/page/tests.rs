use super::super::Profile;
use super::*;

const INDEX: &str = "<head><link rel=\"stylesheet\" href=\"/app.css\"><link data-later href=\"/later.css\"><link rel=\"icon\" href=\"/favicon.svg\">\
                     <script src=\"/boot.js\"></script><script type=\"module\" src=\"/start.js\"></script></head>";
const START: &str = "import init from \"/web.js\"; init({ module_or_path: \"/web_bg.wasm\" });";

fn file(name: &str, text: &str) -> Asset {
    Asset { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn inputs(profile: Profile) -> Inputs {
    Inputs {
        profile,
        module: vec![],
        index: INDEX.to_owned(),
        files: vec![file("boot.js", "theme()"), file("favicon.svg", "<svg/>"), file("start.js", START)],
        style: "a{background:url(/favicon.svg)}".to_owned(),
        later_style: "b{}".to_owned(),
    }
}

fn assembled(inputs: Inputs) -> Result<Vec<Asset>> {
    assemble(
        inputs,
        Bound {
            module: vec![0, 97, 115, 109, 0xff],
            glue: "fetch(\"/split_a.wasm\")".to_owned(),
            later: vec![file("split_a.wasm", "")],
        },
    )
}

fn named<'a>(page: &'a [Asset], stem: &str) -> &'a Asset {
    let found = page.iter().find(|asset| asset.name.starts_with(stem));
    found.unwrap_or_else(|| panic!("no {stem} among {:?}", page.iter().map(|a| &a.name).collect::<Vec<_>>()))
}

fn text(asset: &Asset) -> String {
    String::from_utf8(asset.bytes.clone()).unwrap()
}

#[test]
fn every_reference_leads_to_a_file() {
    let page = assembled(inputs(Profile::Release)).unwrap();
    let index = text(page.last().unwrap());
    assert_eq!(page.last().unwrap().name, "index.html");
    for stem in ["app-", "later-", "favicon-", "boot-", "start-", "web-", "web_bg-"] {
        let name = &named(&page, stem).name;
        assert!(index.contains(&format!("\"/{name}\"")), "{name} in {index}");
    }
    let start = text(named(&page, "start-"));
    assert!(start.contains(&format!("\"/{}\"", named(&page, "web-").name)), "{start}");
    assert!(start.contains(&format!("\"/{}\"", named(&page, "web_bg-").name)), "{start}");
    assert!(text(named(&page, "web-")).contains(&format!("\"/{}\"", named(&page, "split_a-").name)));
    assert!(text(named(&page, "app-")).contains(&format!("url(/{})", named(&page, "favicon-").name)));
    assert!(index.contains("rel=\"modulepreload\"") && index.contains("as=\"fetch\""));
    assert!(!index.contains("/reload"));
}

#[test]
fn a_change_reaches_the_names_of_all_who_refer_to_it() {
    let before = assembled(inputs(Profile::Release)).unwrap();
    let mut changed = inputs(Profile::Release);
    changed.files[1] = file("favicon.svg", "<svg></svg>");
    let after = assembled(changed).unwrap();
    let moved = |stem: &str| named(&before, stem).name != named(&after, stem).name;
    assert!(moved("favicon-") && moved("app-"));
    assert!(!moved("boot-") && !moved("start-") && !moved("web-"));
}

#[test]
fn a_page_under_work_loads_itself_again() {
    let page = assembled(inputs(Profile::Dev)).unwrap();
    let name = &named(&page, "reload-").name;
    assert!(text(page.last().unwrap()).contains(&format!("<script src=\"/{name}\" defer>")));
}

#[test]
fn faults_name_the_file() {
    let fault = |change: fn(&mut Inputs)| {
        let mut inputs = inputs(Profile::Release);
        change(&mut inputs);
        assembled(inputs).unwrap_err().to_string()
    };
    assert!(
        fault(|i| i.files.push(file("stray.svg", "<svg/>"))).contains("nothing refers to \"/stray.svg\"")
    );
    assert!(fault(|i| i.index = i.index.replace("\"/start.js\"", "\"start.js\"")).contains("\"/start.js\""));
    assert!(fault(|i| i.index = i.index.replace("</head>", "")).contains("</head>"));
    assert!(fault(|i| i.files[0] = file("boot.js", "import \"/start.js\"")).contains("gets its name later"));
}

#[test]
fn names_keep_their_ending() {
    assert_eq!(hashed_name("app.css", b""), "app-e3b0c44298.css");
    assert_eq!(hashed_name("LICENSE", b""), "LICENSE-e3b0c44298");
}
