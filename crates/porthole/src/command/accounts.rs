//! `porthole user …` and `porthole token …`.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::{NewToken, NewUser};

use super::say;
use crate::arguments::{Place, TokenAction, UserAction};
use crate::control::Client;

pub(super) async fn user(action: UserAction, place: &Place) -> anyhow::Result<ExitCode> {
    let client = Client::connect(place).await?;
    match action {
        UserAction::Add { name, role } => {
            let password = new_password(&name)?;
            client.add_user(&NewUser { name: name.clone(), role: role.into(), password }).await?;
            say(format_args!("{name} may sign in"));
        }
        UserAction::Passwd { name } => {
            client.set_password(&name, &new_password(&name)?).await?;
            say(format_args!("{name} has a new password; the sessions with the old one have ended"));
        }
        UserAction::Remove { name } => {
            client.remove_user(&name).await?;
            say(format_args!("{name} is removed"));
        }
        UserAction::List => {
            for user in client.users().await? {
                say(format_args!("{}\t{}", user.name, word(&user.role)?));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn token(action: TokenAction, place: &Place) -> anyhow::Result<ExitCode> {
    let client = Client::connect(place).await?;
    match action {
        TokenAction::Create { name, scopes } => {
            let scopes = scopes.into_iter().map(Into::into).collect();
            say(client.create_token(&NewToken { name, scopes }).await?.secret);
        }
        TokenAction::List => {
            for token in client.tokens().await? {
                let scopes: Vec<String> = token.scopes.iter().map(word).collect::<anyhow::Result<_>>()?;
                say(format_args!("{}\t{}\t{}", token.id, token.name, scopes.join(",")));
            }
        }
        TokenAction::Revoke { id } => {
            client.revoke_token(id).await?;
            say(format_args!("token {id} is revoked"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The word that the page's JSON has for a role or a scope.
fn word(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

/// Asks twice on a terminal; else takes the first line of standard input, for scripts.
fn new_password(name: &str) -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the password from standard input")?;
        let password = line.trim_end_matches(['\n', '\r']);
        if password.is_empty() {
            bail!("no password on standard input; write one line, or run this on a terminal");
        }
        return Ok(password.to_owned());
    }
    let password =
        rpassword::prompt_password(format!("Password of {name}: ")).context("reading the password")?;
    if password != rpassword::prompt_password("Once more: ").context("reading the password")? {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(password)
}
