//! The series of all containers.

use std::collections::BTreeMap;

use model::{Labels, Workload, label};

use crate::appender::Appender;
use crate::book::Book;

/// One book for each container, by its labels: one that takes the place of another of the same name and image goes on
/// with its series.
pub(super) struct Books<A: Appender> {
    appender: A,
    books: BTreeMap<Labels, Opened<A>>,
    pass: u64,
}

struct Opened<A: Appender> {
    book: Book<A>,
    pass: u64,
}

impl<A: Appender> Books<A> {
    pub(super) fn new(appender: A) -> Self {
        Self { appender, books: BTreeMap::new(), pass: 1 }
    }

    /// The container's book, to be written in this pass.
    pub(super) fn of(&mut self, workload: &Workload) -> &mut Book<A> {
        let labels = labels(workload);
        let opened = self.books.entry(labels).or_insert_with_key(|labels| Opened {
            book: Book::new(self.appender.clone(), labels.clone()),
            pass: 0,
        });
        opened.pass = self.pass;
        &mut opened.book
    }

    /// All numbers of the pass, and markers for what it did not write.
    pub(super) fn take(&mut self) -> Vec<(A::Series, f64)> {
        let pass = self.pass;
        self.pass += 1;
        let mut samples = Vec::new();
        let gone = self.books.extract_if(.., |_, opened| opened.pass != pass);
        for (_, opened) in gone {
            samples.extend(opened.book.end());
        }
        for opened in self.books.values_mut() {
            samples.extend(opened.book.take());
        }
        samples
    }
}

/// The labels of each series of a container: those of cAdvisor, and who it is.
fn labels(workload: &Workload) -> Labels {
    const COMPOSE: [(&str, &str); 2] = [
        ("com.docker.compose.project", "container_label_com_docker_compose_project"),
        ("com.docker.compose.service", "container_label_com_docker_compose_service"),
    ];
    let identity = &workload.identity;
    let compose =
        COMPOSE.iter().filter_map(|(name, label)| Some((*label, workload.labels.get(*name)?.as_str())));
    let own = [
        ("job", "containers"),
        ("instance", identity.host.as_str()),
        ("name", &identity.container),
        ("image", &workload.image),
        (label::SERVICE, &identity.service),
        (label::PROJECT, &identity.project),
        (label::ENVIRONMENT, &identity.environment),
        (label::HOST, &identity.host),
        (label::CONTAINER, &identity.container),
    ];
    Labels::from_pairs(own.into_iter().chain(compose))
}
