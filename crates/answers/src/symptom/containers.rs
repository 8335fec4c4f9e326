//! What happened to containers.

use api::{HealthState, Millis, PartKind, RunState, Severity};

use super::{Detail, Grip, Symptom};
use crate::links;
use crate::seen::{Container, Service};
use crate::words::{bytes, cut, plural};

/// So many starts within ten minutes are a loop.
const LOOP_STARTS: u64 = 3;
/// A container that was replaced lies dead for some seconds beside its successor.
const DEAD_FOR: Millis = 8_000;
/// A check that fails once more may pass the next time.
const UNHEALTHY_FOR: Millis = 10_000;
/// A kill for want of memory counts so long.
const OOM_FOR: Millis = 600_000;
/// One that ran for less was a job that is done.
const SERVED_FOR: Millis = 30_000;

pub(super) fn look(service: &Service, at: Millis, found: &mut Vec<Symptom>) {
    let running = service.containers.iter().filter(|one| one.state == RunState::Running).count();
    for container in &service.containers {
        let Some(mut symptom) = of(service, container, running, at) else { continue };
        symptom.href = links::lines(&service.who, container.ended.unwrap_or(at));
        symptom.harm.text = whole(&symptom, container, running, service.containers.len());
        found.push(symptom);
    }
}

fn of(service: &Service, container: &Container, running: usize, at: Millis) -> Option<Symptom> {
    let name = &container.name;
    let symptom = |key: &str, text: String, detail: Detail| Symptom {
        detail,
        said: container.last_words.clone(),
        severity: if running == 0 { Severity::Critical } else { Severity::High },
        ..Symptom::new(&service.who, PartKind::Container, format!("{key} {name}"), text)
    };
    let is_dead = matches!(container.state, RunState::Failed | RunState::Finished);
    let is_late = container.ended.is_some_and(|ended| at - ended < OOM_FOR);
    if container.oom && (is_dead || is_late) {
        let limit = container.memory_limit.map(|limit| format!(" of {}", bytes(limit))).unwrap_or_default();
        let text = format!("{name} ran out of memory: the kernel ended it at its limit{limit}");
        let since = container.ended.or(container.started);
        return Some(Symptom { since, ..symptom("oom", text, Detail::OutOfMemory(container.memory_limit)) });
    }
    let loops = container.restarts >= LOOP_STARTS
        || container.state == RunState::Restarting && container.restarts >= 2;
    if loops {
        let text = format!("{name} was started {} within ten minutes", times(container.restarts));
        let detail = Detail::CrashLoop(cut(&container.last_words, 200));
        return Some(symptom("loop", text, detail));
    }
    if container.state == RunState::Failed && !container.asked {
        let code = container.exit_code.map(|code| format!(" with exit code {code}")).unwrap_or_default();
        let detail = Detail::Died(container.exit_code, cut(&container.last_words, 200));
        let died = symptom("died", format!("{name} ended{code}"), detail);
        return Some(Symptom { since: container.ended, patience: DEAD_FOR, ..died });
    }
    let served = container.ended.zip(container.started).is_none_or(|(end, start)| end - start >= SERVED_FOR);
    if is_dead && running == 0 && (served || container.asked) {
        let stopped = symptom("stopped", format!("{name} was stopped"), Detail::Stopped);
        return Some(Symptom { since: container.ended, grip: Grip::Supports, ..stopped });
    }
    if container.state == RunState::Paused {
        let paused = symptom("paused", format!("{name} is paused"), Detail::Stopped);
        return Some(Symptom { grip: Grip::Supports, ..paused });
    }
    if container.health == HealthState::Unhealthy {
        let text = format!("{name} is unhealthy: its own health check fails");
        let sick = symptom("unhealthy", text, Detail::Unhealthy);
        return Some(Symptom { severity: Severity::High, patience: UNHEALTHY_FOR, ..sick });
    }
    None
}

fn times(number: u64) -> String {
    plural(number, "time")
}

fn whole(symptom: &Symptom, container: &Container, running: usize, all: usize) -> String {
    match &symptom.detail {
        Detail::CrashLoop(_) => format!("{}; {running} of {all} runs", symptom.text),
        Detail::Unhealthy => "It runs, but its health check fails".to_owned(),
        _ if running == 0 => "No container of it runs".to_owned(),
        _ if container.state == RunState::Running => {
            format!("{running} of {} runs again", plural(all as u64, "container"))
        }
        _ => format!("{running} of its {} runs", plural(all as u64, "container")),
    }
}
