//! Releases: what each brought. `/releases` is the list, `/releases/<version>` one of them.

use api::{Release, Releases};
use web_logic::number::compact;
use web_logic::plot::Named;
use web_logic::query_string::{of_segment, segment, write};
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::releases::{free, one_sections, sections, standing};
use web_logic::time;
use web_logic::view::ViewState;

use super::things::{
    About, Choices, Figure, Heading, Known, always, figures, first_steps, follow, one_page, one_tables,
    things_page,
};
use crate::charts::{Company, Lines, line_chart};
use crate::client::{Ask, Client};
use crate::components::Sign;
use crate::dom::{El, Keyed, el, sign};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn releases_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let version = history.rest().first().map(|version| of_segment(version));
        let key = version.clone().unwrap_or_default();
        vec![(key, Box::new(move || version.map_or_else(list, one)))]
    };
    el("div", "host").keyed(shown)
}

impl Client {
    fn releases(self, view: &ViewState) -> Ask<Releases> {
        let pairs = [
            ("project", view.project.clone().unwrap_or_default()),
            ("environment", view.environment.clone().unwrap_or_default()),
            ("query", view.query.clone()),
            ("cursor", view.cursor.clone()),
        ];
        self.get(format!("releases?{}", write(&pairs)))
    }

    fn release(self, version: &str, view: &ViewState) -> Ask<Release> {
        let pairs = [("project", view.project.clone().unwrap_or_default())];
        self.get(format!("releases/{}?{}", segment(version), write(&pairs)))
    }
}

fn list() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Releases> = Fetched::new();
    follow(move || answer.ask(view.state.with(|state| client.releases(state))));
    let known = Known::of(
        answer,
        move |releases| {
            ticker.now();
            view.state.with(|state| sections(releases, state, view.clock()))
        },
        |releases| releases.rows.len() + releases.environments.len(),
        |_| Vec::new(),
    )
    .narrowed(answer, |releases| Choices::of(&releases.projects, &releases.environments));
    let more = derived(move || {
        let cursor = answer.get()?.next.clone()?;
        Some(view.state.with(|state| ViewState { cursor, ..state.clone() }.on(Page::Releases.path())))
    });
    let about = About { name: "Releases", things: ("release", "releases"), trouble: "crashing", empty };
    things_page(about, Known { more, ..known })
}

fn one(version: String) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Release> = Fetched::new();
    let asked = version.clone();
    follow(move || answer.ask(view.state.with(|state| client.release(&asked, state))));
    let issues = el("a", "button").add(sign(Sign::Issues)).text("Its issues").attr_of("href", move || {
        let query = format!("release:{}", web_logic::syntax::quote(&answer.get()?.row.version));
        let there = view.state.with(|state| ViewState { query, ..state.carried_to(Page::Issues) });
        Some(there.on(Page::Issues.path()))
    });
    let heading =
        Heading { back: Page::Releases, name: always(&version), place: String::new(), links: vec![issues] };
    one_page(heading, answer, |release| standing(&release.row), move || body(answer))
}

fn body(answer: Fetched<Release>) -> El {
    let Shared { view, ticker, .. } = shared();
    let numbers = move || answer.get().map(|release| numbers(&release, ticker.now())).unwrap_or_default();
    let events = move || {
        let release = answer.get().filter(|release| release.step > 0);
        let named =
            release.map(|release| Named::counts("events", &release.events, release.start, release.step));
        named.unwrap_or_default()
    };
    let about = move || answer.get().map(|release| about(&release)).unwrap_or_default();
    let chart = el("section", "chart-panel")
        .attr("aria-label", "Events")
        .add(el("h3", "chart-title").text("Events"))
        .add(line_chart(Lines::new(events, String::new), Company::new()));
    let sections =
        move |release: &Release| view.state.with(|state| one_sections(release, state, view.clock()));
    el("div", "service-body")
        .add(figures(numbers))
        .add(chart)
        .add(one_tables(answer, sections, |_| (0, 0)))
        .add(el("dl", "facts").children_of(about))
}

fn numbers(release: &Release, now: api::Millis) -> Vec<Figure> {
    let row = &release.row;
    let bad = |count: u64| if count > 0 { Tone::Warning } else { Tone::Idle };
    let crashes = |name, share| {
        let cell = free(share);
        (name, cell.text, "free of crashes".to_owned(), cell.tone)
    };
    let mut all = vec![
        ("Events", compact(row.events), String::new(), Tone::Idle),
        ("New issues", compact(row.new_issues), String::new(), bad(row.new_issues)),
        ("Regressed", compact(row.regressed_issues), "issues".to_owned(), bad(row.regressed_issues)),
    ];
    if row.sessions > 0 {
        all.push(crashes("Sessions", row.crash_free_sessions));
        all.push(crashes("Users", row.crash_free_users));
    }
    all.push(("First seen", time::ago(row.first_seen, now), row.project.clone(), Tone::Idle));
    if let Some(at) = row.deployed {
        all.push(("Deployed", time::ago(at, now), row.deployed_to.clone(), Tone::Idle));
    }
    all
}

fn about(release: &Release) -> Vec<El> {
    let Shared { view, .. } = shared();
    let fact = |name: &str, held: El| el("div", "").add(el("dt", "").text(name)).add(held);
    let mut facts = Vec::new();
    if !release.previous.is_empty() {
        let path = format!("{}/{}", Page::Releases.path(), segment(&release.previous));
        let there = view.state.with(|state| state.carried_to(Page::Releases).on(&path));
        let link = el("a", "").attr("href", &there).text(&release.previous);
        facts.push(fact("The release before", el("dd", "").add(link)));
    }
    facts.extend(release.about.iter().map(|(name, value)| fact(name, el("dd", "").text(value))));
    facts
}

const PYTHON: &str = "\
sentry_sdk.init(
    dsn=\"…\",             # on the page of the project
    release=\"shop@1.4.2\",  # or the environment variable SENTRY_RELEASE
)
";

const DEPLOY: &str = "\
sentry-cli releases new shop@1.4.2
sentry-cli deploys --release shop@1.4.2 new -e production
";

fn empty() -> El {
    first_steps(
        "No release is known yet",
        "A release is known as soon as an event or a transaction carries its version. Issues then tell in which \
         version they came first, and which version brought them back.",
        &[
            ("Tell the SDK which version runs", PYTHON, "Python snippet"),
            ("Tell of deploys, if you like, with a token for releases", DEPLOY, "Commands"),
        ],
    )
}
