//! What to paste into a program so that its errors come here, with the project's DSN in it.

use api::ProjectSetup;

/// Stands for the DSN in the texts.
const DSN: &str = "%DSN%";

/// A kind of program.
struct Kind {
    name: &'static str,
    install: &'static str,
    place: &'static str,
    code: &'static str,
}

const KINDS: [Kind; 7] = [
    Kind {
        name: "Django",
        install: "pip install --upgrade sentry-sdk",
        place: "settings.py, at the top",
        code: include_str!("django.py"),
    },
    Kind {
        name: "Celery",
        install: "pip install --upgrade sentry-sdk",
        place: "celery.py, before the app is made",
        code: include_str!("celery.py"),
    },
    Kind {
        name: "FastAPI",
        install: "pip install --upgrade sentry-sdk",
        place: "main.py, before FastAPI()",
        code: include_str!("fastapi.py"),
    },
    Kind {
        name: "Flask",
        install: "pip install --upgrade sentry-sdk",
        place: "app.py, before Flask()",
        code: include_str!("fastapi.py"),
    },
    Kind {
        name: "Node",
        install: "npm install @sentry/node",
        place: "instrument.js, loaded first: node --require ./instrument.js server.js",
        code: include_str!("node.js"),
    },
    Kind {
        name: "Browser",
        install: "npm install @sentry/browser",
        place: "where the page starts",
        code: include_str!("browser.js"),
    },
    Kind {
        name: "Go",
        install: "go get github.com/getsentry/sentry-go",
        place: "func main, at the top",
        code: include_str!("sentry.go"),
    },
];

/// All of them.
pub(super) fn of(dsn: &str) -> Vec<ProjectSetup> {
    let setup = |kind: &Kind| ProjectSetup {
        name: kind.name.to_owned(),
        install: kind.install.to_owned(),
        place: kind.place.to_owned(),
        code: kind.code.replace(DSN, dsn),
    };
    KINDS.iter().map(setup).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn every_text_has_the_dsn() {
        let setups = of("http://k@h/1");
        assert_eq!(setups.len(), 7);
        for setup in setups {
            assert_eq!(setup.code.matches("http://k@h/1").count(), 1, "{}", setup.name);
            assert!(!setup.code.contains('%'), "{}", setup.name);
        }
    }
}
