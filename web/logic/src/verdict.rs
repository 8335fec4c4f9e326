//! What is wrong with what feeds Now, besides incidents: an engine that does not answer, faults of Porthole's own.

use api::{DockerState, Millis, Now, WorkloadRow};

use crate::time::{self, Clock};

/// What is wrong, each in a sentence.
pub fn troubles(now: &Now, clock: Clock<'_>) -> Vec<String> {
    let faults = now.faults.iter().map(|fault| format!("{}: {}", fault.subject, fault.message));
    docker_trouble(now, clock).into_iter().chain(faults).collect()
}

fn docker_trouble(now: &Now, clock: Clock<'_>) -> Option<String> {
    let docker = &now.docker;
    let asked = "It is asked again every few seconds; containers are shown as they were.";
    (docker.state == DockerState::Away).then(|| {
        let since = time::since(docker.since, clock);
        let problem = docker.problem.as_deref().unwrap_or(asked);
        format!("The Docker engine at {} does not answer {since}. {problem}", docker.host)
    })
}

/// How and when a container ended: `since 02:07, exit code 137, out of memory`.
pub fn ending(workload: &WorkloadRow, clock: Clock<'_>) -> String {
    let since = workload.finished.map(|at: Millis| time::since(at, clock)).unwrap_or_default();
    let code = workload.exit_code.map(|code| format!("exit code {code}")).unwrap_or_default();
    let memory = if workload.oom_killed { "out of memory" } else { "" };
    let parts = [since.as_str(), code.as_str(), memory];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
