//! Steps across plans: what a step counts goes on where its router, its name and its options stay the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use route::declared::Middleware;
use route::name::Name;
use route::plan::Plan;

use super::build::{referred, remembers, step};
use super::chain::{Chain, Fault, Named};
use super::step::Step;
use super::verdicts::Verdicts;

/// Builds chains, and knows those that are in use. Cheap to clone; one for the whole proxy.
#[derive(Clone)]
pub struct Kept {
    verdicts: Arc<Verdicts>,
    steps: Arc<Mutex<Steps>>,
}

/// By whose it is and what it is called. A step that no chain holds is over.
type Steps = HashMap<(String, Name), (Middleware, Weak<Step>)>;

impl Default for Kept {
    fn default() -> Self {
        Self { verdicts: Arc::new(Verdicts::new()), steps: Arc::default() }
    }
}

impl Kept {
    /// None are in use.
    pub fn new() -> Self {
        Self::default()
    }

    /// The chain of these middlewares for `owner`: a router's name, or a service's with a word before it that tells it
    /// from a router. Each owner counts for itself. May read files of users, so it blocks for a moment.
    pub fn chain(&self, owner: &str, names: &[Name], plan: &Plan) -> Chain {
        let mut flat = Flat { plan, names: Vec::new(), faults: Vec::new() };
        for name in names {
            flat.add(name, &mut Vec::new());
        }
        let Flat { names, mut faults, .. } = flat;
        let mut steps = Vec::with_capacity(names.len());
        for (name, options) in names {
            let step = self.step(owner, name, options).unwrap_or_else(|what| {
                faults.push(Fault { middleware: name.clone(), what: what.clone() });
                Arc::new(Step::Closed(what))
            });
            steps.push(Named { name: name.to_string().into(), step });
        }
        for fault in &faults {
            tracing::error!("{fault}; nobody passes {owner}");
        }
        // Nothing may be done for a request that will be refused in the end.
        if let Some(fault) = faults.first() {
            let step = Arc::new(Step::Closed(fault.what.clone()));
            steps = vec![Named { name: fault.middleware.to_string().into(), step }];
        }
        Chain { steps: steps.into(), faults }
    }

    fn step(&self, owner: &str, name: &Name, options: &Middleware) -> Result<Arc<Step>, String> {
        if !remembers(options) {
            return step(name, options, &self.verdicts).map(Arc::new);
        }
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.retain(|_, (_, step)| step.strong_count() > 0);
        let key = (owner.to_owned(), name.clone());
        let before = steps.get(&key).filter(|(before, _)| before == options);
        if let Some(step) = before.and_then(|(_, step)| step.upgrade()) {
            return Ok(step);
        }
        let step = Arc::new(step(name, options, &self.verdicts)?);
        steps.insert(key, (options.clone(), Arc::downgrade(&step)));
        Ok(step)
    }
}

/// The middlewares of a chain, with those that its chains name in their place.
struct Flat<'p> {
    plan: &'p Plan,
    names: Vec<(&'p Name, &'p Middleware)>,
    faults: Vec<Fault>,
}

/// Middlewares of one chain; more are written by a machine that has lost its way.
const STEPS_MAX: usize = 256;

impl<'p> Flat<'p> {
    /// `above` are the chains that lead here.
    fn add(&mut self, name: &Name, above: &mut Vec<Name>) {
        let Some((name, options)) = self.plan.middlewares.get_key_value(name) else {
            return self.fault(name, "there is no such middleware");
        };
        let Middleware::Chain(references) = options else {
            if self.names.len() == STEPS_MAX {
                return self.fault(name, "the chain has too many middlewares");
            }
            return self.names.push((name, options));
        };
        if above.contains(name) {
            return self.fault(name, "the chain leads back to itself");
        }
        above.push(name.clone());
        for reference in references {
            if self.faults.is_empty() {
                self.add(&referred(reference, name.provider), above);
            }
        }
        above.pop();
    }

    fn fault(&mut self, name: &Name, what: &str) {
        self.faults.push(Fault { middleware: name.clone(), what: what.to_owned() });
    }
}
