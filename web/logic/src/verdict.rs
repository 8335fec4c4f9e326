//! The sentence on top of Now, from what is known: what is down, what is unhealthy, where errors grew.

use api::{DockerState, HealthState, Millis, Now, RunState, ServiceTile, WorkloadRow};

use crate::decimal::fixed;
use crate::level::LevelSet;
use crate::number::{count, plural};
use crate::time::{self, Clock, DAY};

/// One sentence, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How bad it is.
    pub tone: Tone,
    /// The sentence.
    pub sentence: String,
    /// The problems, worst first.
    pub problems: Vec<Problem>,
}

/// How bad something is, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nothing is known yet.
    Waiting,
    /// Nothing needs attention.
    Quiet,
    /// Worth a look.
    Warning,
    /// Needs someone now.
    Critical,
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub tone: Tone,
    /// What it is about: a service's name, `Docker`, `Porthole`.
    pub subject: String,
    /// `is down`, `logs 6 times as many errors`.
    pub what: String,
    /// The rest: exit code, since when, how many containers.
    pub detail: String,
    /// Whether `subject` is a service whose lines can be looked at, and its environment.
    pub service_in: Option<String>,
    /// Which of its lines tell more.
    pub levels: LevelSet,
}

/// Errors of the last minutes that count as recent.
const RECENT_MINUTES: usize = 10;
/// Fewer recent error lines are no surge.
const SURGE_LINES_MIN: u64 = 10;
/// So many times as many as before are one.
const SURGE_FACTOR: f64 = 3.0;

/// Judges what is known.
pub fn judge(now: &Now, clock: Clock<'_>) -> Verdict {
    let mut problems: Vec<Problem> = docker_problem(now, clock).into_iter().collect();
    problems.extend(now.services.iter().filter_map(|tile| state_problem(tile, clock)));
    problems.extend(now.services.iter().filter_map(surge_problem));
    problems.extend(now.faults.iter().map(|fault| Problem {
        tone: Tone::Warning,
        subject: fault.subject.clone(),
        what: "has a fault".to_owned(),
        detail: fault.message.clone(),
        service_in: None,
        levels: LevelSet::default(),
    }));
    let (critical, others): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.tone == Tone::Critical);
    let problems = [critical, others].concat();
    let nothing_known = now.services.is_empty() && now.intake.newest.is_none();
    let tone =
        problems.first().map_or(if nothing_known { Tone::Waiting } else { Tone::Quiet }, |worst| worst.tone);
    Verdict { tone, sentence: sentence(now, &problems, nothing_known), problems }
}

fn sentence(now: &Now, problems: &[Problem], nothing_known: bool) -> String {
    let all = now.services.len() as u64;
    match problems {
        [] if nothing_known => "Nothing to watch yet.".to_owned(),
        [] if all == 0 => "No container is known; lines arrive from elsewhere.".to_owned(),
        [] if all == 1 && now.services[0].state == RunState::Running => {
            format!("{} is running.", now.services[0].service)
        }
        [] => all_well(now, all),
        [only] => {
            let comma = if only.detail.is_empty() { "" } else { ", " };
            format!("{} {}{comma}{}.", only.subject, only.what, only.detail.trim_end_matches('.'))
        }
        several => {
            let named: Vec<String> = several
                .iter()
                .take(3)
                .map(|problem| format!("{} {}", problem.subject, problem.what))
                .collect();
            let rest = several.len().saturating_sub(3);
            let more = if rest == 0 { String::new() } else { format!(", and {rest} more") };
            format!("{} need attention: {}{more}.", plural(several.len() as u64, "thing"), named.join(", "))
        }
    }
}

fn all_well(now: &Now, all: u64) -> String {
    let running = now.services.iter().filter(|tile| tile.state == RunState::Running).count() as u64;
    match all - running {
        0 => format!("All {} services are running.", count(all)),
        1 => format!("{} running, 1 has done its work.", services(running)),
        others => {
            format!("{} running, {} have done their work or never started.", services(running), count(others))
        }
    }
}

fn services(running: u64) -> String {
    format!("{} {}", plural(running, "service"), if running == 1 { "is" } else { "are" })
}

fn docker_problem(now: &Now, clock: Clock<'_>) -> Option<Problem> {
    let docker = &now.docker;
    (docker.state == DockerState::Away).then(|| Problem {
        tone: if now.services.is_empty() { Tone::Warning } else { Tone::Critical },
        subject: "Docker".to_owned(),
        what: "does not answer".to_owned(),
        detail: format!("{}; containers are shown as they were", time::since(docker.since, clock)),
        service_in: None,
        levels: LevelSet::default(),
    })
}

fn state_problem(tile: &ServiceTile, clock: Clock<'_>) -> Option<Problem> {
    let problem = |tone, what: &str, detail: String| {
        Some(Problem {
            tone,
            subject: tile.service.clone(),
            what: what.to_owned(),
            detail,
            service_in: Some(tile.environment.clone()),
            levels: LevelSet::default(),
        })
    };
    let affected = |what: &dyn Fn(&WorkloadRow) -> bool| {
        let found = tile.workloads.iter().filter(|workload| what(workload)).count();
        let all = tile.workloads.len();
        if all > 1 { format!("{found} of {all} containers") } else { String::new() }
    };
    match (tile.state, tile.health) {
        (RunState::Failed, _) => {
            let failed = tile.workloads.iter().filter(|workload| workload.state == RunState::Failed);
            let last = failed.max_by_key(|workload| workload.finished)?;
            let old = last.finished.is_some_and(|finished| clock.now - finished > DAY);
            let tone = if old { Tone::Warning } else { Tone::Critical };
            let parts = [affected(&|workload| workload.state == RunState::Failed), ending(last, clock)];
            problem(tone, "is down", joined(&parts))
        }
        (RunState::Restarting, _) => {
            let parts = [
                affected(&|workload| workload.state == RunState::Restarting),
                format!("{} in 24 hours", plural(tile.restarts, "restart")),
            ];
            problem(Tone::Critical, "keeps restarting", joined(&parts))
        }
        (_, HealthState::Unhealthy) => problem(
            Tone::Critical,
            "is unhealthy",
            affected(&|workload| workload.health == HealthState::Unhealthy),
        ),
        (RunState::Paused, _) => {
            problem(Tone::Warning, "is paused", affected(&|workload| workload.state == RunState::Paused))
        }
        _ => None,
    }
}

fn joined(parts: &[String]) -> String {
    let filled: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    filled.join(", ")
}

/// How and when a container ended: `since 02:07, exit code 137, out of memory`.
pub fn ending(workload: &WorkloadRow, clock: Clock<'_>) -> String {
    let since = workload.finished.map(|at: Millis| time::since(at, clock)).unwrap_or_default();
    let code = workload.exit_code.map(|code| format!("exit code {code}")).unwrap_or_default();
    let memory = if workload.oom_killed { "out of memory".to_owned() } else { String::new() };
    joined(&[since, code, memory])
}

fn surge_problem(tile: &ServiceTile) -> Option<Problem> {
    let lines = &tile.error_lines;
    let split = lines.len().saturating_sub(RECENT_MINUTES);
    let sum = |part: &[u32]| part.iter().map(|lines| u64::from(*lines)).sum::<u64>();
    let (before, recent) = (sum(&lines[..split]), sum(&lines[split..]));
    if recent < SURGE_LINES_MIN {
        return None;
    }
    let usual = before as f64 / split.max(1) as f64 * RECENT_MINUTES as f64;
    let factor = recent as f64 / usual;
    if usual > 0.0 && factor < SURGE_FACTOR {
        return None;
    }
    let compared = if before == 0 {
        format!("none in the {} before", plural(split as u64, "minute"))
    } else {
        format!("{} times as many as before", fixed(factor, 0))
    };
    Some(Problem {
        tone: Tone::Warning,
        subject: tile.service.clone(),
        what: "logs more errors".to_owned(),
        detail: format!("{} in {RECENT_MINUTES} minutes, {compared}", plural(recent, "error line")),
        service_in: Some(tile.environment.clone()),
        levels: LevelSet::ERRORS,
    })
}

#[cfg(test)]
mod tests;
