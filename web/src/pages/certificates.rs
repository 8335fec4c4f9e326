//! Certificates: what the proxy serves over TLS with, and what it wants and cannot get.

use api::Certificates;
use web_logic::rows::certificates::sections;

use super::things::{About, Known, first_steps, follow, things_page};
use crate::client::{Ask, Client};
use crate::dom::El;
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn certificates(self) -> Ask<Certificates> {
        self.get("certificates".to_owned())
    }
}

/// The page.
pub(crate) fn certificates_page() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Certificates> = Fetched::new();
    follow(move || answer.ask(client.certificates()));
    let known = Known::of(
        answer,
        move |certificates| {
            ticker.now();
            sections(certificates, view.clock())
        },
        |certificates| certificates.rows.len(),
        |_| Vec::new(),
    );
    let about =
        About { name: "Certificates", things: ("certificate", "certificates"), trouble: "in trouble", empty };
    things_page(about, known)
}

const TOML: &str = "\
[proxy.entrypoints.websecure]
address = \":443\"

[proxy.acme.le]
email = \"ops@example.com\"
challenge = \"http-01\"
";

fn empty() -> El {
    first_steps(
        "No certificate is served",
        "Certificates are got for routers that name a resolver, renewed in time, and kept below the data directory.",
        &[("In porthole.toml", TOML, "TOML snippet")],
    )
}
