//! Services, and the containers of one, as rows.

use api::{HealthState, RunState, ServicePage, ServiceRow, WorkloadRow};

use super::{Cell, Column, Detail, Picture, Row, Section, Tone, admits, queues, spaced, targets, uptime};
use crate::choice::Choice;
use crate::decimal::within;
use crate::level::LevelSet;
use crate::number::{count, plural};
use crate::route::Page;
use crate::time::{self, Clock};
use crate::unit::written;
use crate::verdict::ending;
use crate::view::ViewState;

/// The columns of services.
pub const COLUMNS: [Column; 10] = [
    Column::words("state", "State", "The worst of its containers, probes and targets", 128),
    Column::words("service", "Service", "Its name, and its project and environment below", 0),
    Column::figures("containers", "Containers", "How many run, of all", 90),
    Column::figures("cpu", "CPU", "Cores that its containers use together; the line: the last hour", 0),
    Column::figures("memory", "Memory", "Memory that cannot be given back, against the limit", 0),
    Column::figures("restarts", "Restarts", "Restarts within the last 24 hours", 80),
    Column::figures("targets", "Targets", "Scraped targets that answer, of all", 80),
    Column::figures("probes", "Probes", "Probes that pass, of all", 80),
    Column::figures("queue", "Queue", "Tasks that wait in its queues", 80),
    Column::figures("errors", "Error lines", "Lines of level error and above in the last hour", 90),
];

/// The columns of a service's containers.
pub const CONTAINER_COLUMNS: [Column; 6] = [
    Column::words("state", "State", "What it is doing", 128),
    Column::words("container", "Container", "Its name, and Docker’s id below", 230),
    Column::words("image", "Image", "The image that it runs", 0),
    Column::figures("started", "Started", "When it last started", 110),
    Column::figures("restarts", "Restarts", "How often its restart policy started it again", 80),
    Column::words("ended", "Last end", "Its exit code, and when", 230),
];

/// Memory above this part of its limit is worth a look, and above the second will soon be the end of it.
const FULL: [f64; 2] = [0.85, 0.95];

/// Which one of all services: as it stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// `production`, `staging`, …
    pub environment: String,
    /// Its compose project; may be empty.
    pub project: String,
    /// Its name.
    pub service: String,
}

impl Which {
    /// That one.
    pub fn of(environment: &str, project: &str, service: &str) -> Self {
        Self { environment: environment.to_owned(), project: project.to_owned(), service: service.to_owned() }
    }

    /// `production/shop/web`
    pub fn to_text(&self) -> String {
        format!("{}/{}/{}", self.environment, self.project, self.service)
    }

    /// Back again; a text without slashes is a service's name.
    pub fn from_text(text: &str) -> Self {
        let mut parts = text.splitn(3, '/').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(environment), Some(project), Some(service)) => Self { environment, project, service },
            _ => Self { service: text.to_owned(), ..Self::default() },
        }
    }

    /// Its lines of some levels, at the same time. Where it is not said which environment is meant, all are.
    pub fn lines(&self, view: &ViewState, levels: LevelSet) -> String {
        let environment = Some(self.environment.clone()).filter(|environment| !environment.is_empty());
        let state = ViewState {
            services: Choice::only(&self.service),
            environment: view.environment.clone().or(environment),
            levels,
            ..view.carried_to(Page::Logs)
        };
        state.on(Page::Logs.path())
    }

    /// Its page, at the same time.
    pub fn href(&self, view: &ViewState) -> String {
        let state = ViewState { one: Some(self.to_text()), ..view.carried_to(Page::Services) };
        state.on(Page::Services.path())
    }
}

/// The page's table.
pub fn sections(services: &[ServiceRow], view: &ViewState) -> Vec<Section> {
    let of_view = |row: &&ServiceRow| admits(view, &row.service, &row.environment);
    let several = |read: fn(&ServiceRow) -> &str| services.iter().any(|row| read(row) != read(&services[0]));
    let (projects, environments) = (several(|row| &row.project), several(|row| &row.environment));
    let one = |row: &ServiceRow| {
        let parts = [(projects, &row.project), (environments, &row.environment)];
        let told =
            parts.iter().filter(|(tell, text)| *tell && !text.is_empty()).map(|(_, text)| text.as_str());
        let note = told.collect::<Vec<_>>().join(" · ");
        Row {
            link: Some(which(row).href(view)),
            ..self::row(row, &note, which(row).lines(view, LevelSet::ERRORS))
        }
    };
    vec![Section {
        title: "",
        columns: &COLUMNS,
        order: "",
        rows: services.iter().filter(of_view).map(one).collect(),
    }]
}

fn which(row: &ServiceRow) -> Which {
    Which::of(&row.environment, &row.project, &row.service)
}

fn row(row: &ServiceRow, note: &str, errors: String) -> Row {
    let (tone, word) = standing(row);
    let bad = |cell: Cell, is_bad: bool| cell.toned(if is_bad { Tone::Warning } else { Tone::Idle });
    let whole = |number: Option<u64>| {
        Cell::figure(number.map(|number| number as f64), |_| count(number.unwrap_or_default()))
    };
    let part = |up: u32, all: u32| {
        let cell = Cell::figure((all > 0).then_some(f64::from(up) - f64::from(all) * 1e6), |_| {
            format!("{up}/{all}")
        });
        bad(cell, up < all)
    };
    Row {
        key: which(row).to_text(),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&row.service).with_note(note),
            Cell::figure(Some(f64::from(row.containers)), |_| format!("{}/{}", row.running, row.containers)),
            Cell::figure(row.cpu_cores, |cores| written(cores, "cores"))
                .drawn(Picture::Line(row.cpu_trend.clone())),
            memory(row),
            bad(whole(Some(row.restarts)), row.restarts > 0),
            part(row.targets_up, row.targets_up + row.targets_down),
            part(row.probes_up, row.probes_up + row.probes_down),
            whole(row.queue_length),
            whole(Some(row.error_lines)).linked((row.error_lines > 0).then_some(errors)),
        ],
        also: spaced(&[&row.project, &row.environment]),
        details: Vec::new(),
        link: None,
    }
}

/// How a service does: the worst of all that is known of it.
pub fn standing(row: &ServiceRow) -> (Tone, &'static str) {
    let own = of_container(row.state, row.health);
    let full = used(row).is_some_and(|part| part > FULL[0]);
    let others = [
        (row.probes_down > 0, (Tone::Critical, "probe fails")),
        (row.running < row.containers && row.state == RunState::Running, (Tone::Warning, "in part")),
        (row.targets_down > 0, (Tone::Warning, "target down")),
        (full, (Tone::Warning, "memory")),
    ];
    let worse = others.into_iter().filter(|(holds, _)| *holds).map(|(_, standing)| standing);
    worse.fold(own, |worst, other| if other.0 < worst.0 { other } else { worst })
}

/// What a container is doing, in a word.
pub fn of_container(state: RunState, health: HealthState) -> (Tone, &'static str) {
    match (state, health) {
        (RunState::Failed, _) => (Tone::Critical, "down"),
        (RunState::Restarting, _) => (Tone::Critical, "restarting"),
        (_, HealthState::Unhealthy) => (Tone::Critical, "unhealthy"),
        (RunState::Paused, _) => (Tone::Warning, "paused"),
        (RunState::Running, HealthState::Starting) => (Tone::Waiting, "starting"),
        (RunState::Running, HealthState::Healthy) => (Tone::Good, "healthy"),
        (RunState::Running, HealthState::None) => (Tone::Good, "running"),
        (RunState::Finished, _) => (Tone::Idle, "finished"),
        (RunState::Created, _) => (Tone::Idle, "not started"),
    }
}

fn used(row: &ServiceRow) -> Option<f64> {
    let limit = row.memory_limit_bytes.filter(|limit| *limit > 0.0)?;
    Some(row.memory_bytes? / limit)
}

/// The memory that it uses, against its limit.
pub fn memory(row: &ServiceRow) -> Cell {
    let cell = Cell::figure(row.memory_bytes, |bytes| written(bytes, "bytes"));
    let Some(part) = used(row) else {
        return if row.memory_bytes.is_some() { cell.with_hover("It has no limit") } else { cell };
    };
    let limit = row.memory_limit_bytes.unwrap_or_default();
    let tone = match part {
        part if part > FULL[1] => Tone::Critical,
        part if part > FULL[0] => Tone::Warning,
        _ => Tone::Idle,
    };
    cell.toned(tone)
        .with_hover(format!("{} of {}", written(part, "ratio"), written(limit, "bytes")))
        .drawn(Picture::Meter(within(part, 0.0, 1.0)))
}

/// The tables of a service's own page.
pub fn page_sections(page: &ServicePage, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let section = |title: &'static str, columns: &'static [Column], rows: Vec<Row>| Section {
        title,
        columns,
        order: "",
        rows,
    };
    let probes = page.probes.iter().map(|probe| uptime::row(probe, view, clock));
    let queues = page.queues.iter().map(|queue| queues::row(queue, None, view, clock));
    let targets = page.targets.iter().map(|target| targets::row(target, view, clock));
    vec![
        containers(&page.workloads, clock),
        section("Probes", &uptime::COLUMNS, probes.collect()),
        section("Queues", &queues::COLUMNS, queues.collect()),
        section("Targets", &targets::COLUMNS, targets.collect()),
    ]
}

fn containers(workloads: &[WorkloadRow], clock: Clock<'_>) -> Section {
    let rows = workloads.iter().map(|workload| container(workload, clock)).collect();
    Section { title: "Containers", columns: &CONTAINER_COLUMNS, order: "", rows }
}

fn container(workload: &WorkloadRow, clock: Clock<'_>) -> Row {
    let (tone, word) = of_container(workload.state, workload.health);
    let started = super::ago(workload.started, clock);
    let restarts = Cell::figure(Some(workload.restarts as f64), |_| count(workload.restarts));
    let ended = workload.exit_code.is_some() || workload.finished.is_some() || workload.oom_killed;
    let end = if ended { ending(workload, clock) } else { String::new() };
    let mut details = Vec::new();
    if workload.oom_killed {
        let words = "The kernel ended it for want of memory: raise its limit, or see what grows.";
        details.push(Detail::Reason(Tone::Critical, words.to_owned()));
    }
    details.push(Detail::Quote("Image", workload.image.clone()));
    details.push(Detail::Fact("Docker’s id", workload.id.clone()));
    for (words, at) in [("Started", workload.started), ("Ended", workload.finished)] {
        if let Some(at) = at {
            details.push(Detail::Fact(words, time::full(at, clock.zone)));
        }
    }
    if let Some(code) = workload.exit_code {
        details.push(Detail::Fact("Exit code", code.to_string()));
    }
    details.push(Detail::Fact("Started again", plural(workload.restarts, "time")));
    Row {
        key: workload.container.clone(),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&workload.container).with_note(&workload.id),
            Cell::text(&workload.image).with_hover(&workload.image),
            started,
            restarts,
            Cell::text(end),
        ],
        details,
        ..Row::default()
    }
}
