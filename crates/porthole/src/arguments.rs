//! What can be typed after `porthole`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Logs of every container, stored and searchable: one process, one file, one page.
#[derive(Debug, Parser)]
#[command(name = "porthole", version = crate::command::VERSION)]
pub(crate) struct Arguments {
    /// Without a command: serve.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where the settings and the data are.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Place {
    /// The settings [default: $PORTHOLE_CONFIG, ./porthole.toml, /etc/porthole/porthole.toml, none]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The directory that holds everything
    #[arg(long, global = true, value_name = "DIR", env = "PORTHOLE_DATA", default_value = "data")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the appliance (the default)
    Serve,
    /// Runs it on a throw-away directory with a simulated shop
    Demo {
        /// The same seed gives the same shop
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Prints every fault of the settings, with its place and what to write instead
    Check,
    /// Exits 0 if the appliance that runs on the data directory is ready
    Healthcheck,
    /// Writes a consistent copy of the data directory, while the appliance runs or not
    Backup {
        /// A directory that does not exist yet or is empty
        to: PathBuf,
    },
    /// Puts a backup back into an empty data directory
    Restore {
        /// What `backup` wrote
        from: PathBuf,
    },
    /// Accounts of the page
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Tokens for machines
    Token {
        #[command(subcommand)]
        action: TokenAction,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// Makes an account; asks for its password, or reads it from a line of standard input
    Add {
        name: String,
        #[arg(long, value_enum, default_value_t = RoleName::Viewer)]
        role: RoleName,
    },
    /// Sets a new password and ends the account's sessions
    Passwd { name: String },
    /// Removes an account
    Remove { name: String },
    /// Lists the accounts
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenAction {
    /// Makes a token and prints it, this one time
    Create {
        /// What it is for
        name: String,
        /// What it may do; give it several times for several
        #[arg(long = "scope", value_enum, required = true)]
        scopes: Vec<ScopeName>,
    },
    /// Lists the tokens
    List,
    /// Revokes a token by its number in the list
    Revoke { id: i64 },
}

/// [`api::Role`] as it is typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RoleName {
    Viewer,
    Editor,
    Admin,
}

impl From<RoleName> for api::Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Editor => Self::Editor,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// [`api::TokenScope`] as it is typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ScopeName {
    Ingest,
    Read,
    Release,
}

impl From<ScopeName> for api::TokenScope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Ingest => Self::Ingest,
            ScopeName::Read => Self::Read,
            ScopeName::Release => Self::Release,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_command_means_serve_with_the_same_options() {
        let arguments = Arguments::parse_from(["porthole", "--data", "/tmp/x"]);
        assert!(arguments.command.is_none());
        assert_eq!(arguments.place.data, PathBuf::from("/tmp/x"));
    }

    #[test]
    fn where_the_data_is_may_be_said_anywhere() {
        for line in ["--data d user remove x", "user --data d remove x", "user remove x --data d"] {
            let arguments = Arguments::parse_from(["porthole"].into_iter().chain(line.split(' ')));
            assert_eq!(arguments.place.data, PathBuf::from("d"), "{line}");
        }
    }
}
