//! `cargo xtask dev`: the loop of somebody who works on the page.
//!
//! `porthole demo` runs, without a login. When a file below `web/` or `crates/api` changes, the page is built (about
//! a second) and the browser, which the dev page makes ask every moment, loads it; the server, a dev build, reads it
//! from the disk and goes on. When a file of another crate changes, the server is built and started again. What does
//! not compile leaves everything as it is until the next change.

mod watch;

use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::binary::{self, Form};
use crate::run::{LISTEN, LISTEN_VARIABLE};
use crate::web::{self, Profile};
use crate::{process, project};
use watch::Watch;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// `cargo xtask dev`
pub(crate) fn command(arguments: Arguments) -> Result<()> {
    arguments.finish_alone()?;
    let root = project::root();
    let mut page = Watch::new([root.join("web"), root.join("crates/api")]);
    let mut crates = Watch::new([root.join("crates"), root.join("config")]);
    web::build(Profile::Dev)?;
    let mut server = Server::start(&binary::build(Form::Dev)?)?;
    println!("\nPorthole answers at http://{LISTEN}; Ctrl-C ends it\n");
    loop {
        thread::sleep(LOOK_EVERY);
        server.check()?;
        let (page_changed, crates_changed) = (page.changed(), crates.changed());
        if page_changed {
            tell(web::build(Profile::Dev).map(|_| ()));
        }
        if crates_changed {
            tell(server.renew());
        }
    }
}

/// What fails now may succeed after the next change.
fn tell(outcome: Result<()>) {
    match outcome {
        Ok(()) => println!("up to date"),
        Err(error) => eprintln!("{error:#}\nwaiting for the next change"),
    }
}

struct Server {
    process: Child,
}

impl Server {
    fn start(binary: &Path) -> Result<Self> {
        let process = Command::new(binary)
            .arg("demo")
            .env(LISTEN_VARIABLE, LISTEN)
            .env("PORTHOLE_AUTH__MODE", "none")
            .spawn()?;
        Ok(Self { process })
    }

    /// Builds first: while that fails, the old one stays.
    fn renew(&mut self) -> Result<()> {
        let binary = binary::build(Form::Dev)?;
        process::signal(self.process.id(), "TERM")?;
        self.process.wait()?;
        *self = Self::start(&binary)?;
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            Some(status) => bail!("the server ended by itself: {status}"),
            None => Ok(()),
        }
    }
}
