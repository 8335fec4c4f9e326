//! The middlewares of a router or a service, one after the other.

use std::ops::ControlFlow;
use std::sync::Arc;

use http::{Request, Response};
use route::name::Name;

use super::step::{Left, Step};
use crate::body::Body;
use crate::exchange::Exchange;
use crate::measure::Why;
use crate::tools::Tools;

/// The steps of a router or a service; none lets everything pass.
#[derive(Clone, Default)]
pub struct Chain {
    pub(super) steps: Box<[Named]>,
    pub(super) faults: Vec<Fault>,
}

#[derive(Clone)]
pub(super) struct Named {
    /// `limit@file`
    pub(super) name: Arc<str>,
    pub(super) step: Arc<Step>,
}

/// A middleware that cannot be built, for which the whole chain is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The middleware.
    pub middleware: Name,
    /// Why, in a sentence.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the middleware {}: {}", self.middleware, self.what)
    }
}

/// What a step's way in leaves to its way back. The stack of them tells how far a request came.
#[derive(Debug)]
pub struct Passed(Entry);

#[derive(Debug)]
enum Entry {
    /// Here a chain begins: one of a service lies upon that of its router.
    Chain,
    Step(Left),
}

impl Chain {
    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What cannot be built. If there is anything no request passes.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The way in; breaks with an answer if a step gives one itself. [`Chain::after`] must follow in both cases.
    pub async fn before(
        &self,
        request: &mut Request<Body>,
        exchange: &mut Exchange,
        tools: &Tools<'_>,
    ) -> ControlFlow<Response<Body>> {
        if self.steps.is_empty() {
            return ControlFlow::Continue(());
        }
        exchange.passed.push(Passed(Entry::Chain));
        for Named { name, step } in &self.steps {
            match step.before(request, exchange, tools).await {
                Ok(left) => exchange.passed.push(Passed(Entry::Step(left))),
                Err(answered) => {
                    if let Some(what) = answered.what {
                        exchange.note(Why::Middleware, format!("{name}: {what}"));
                    }
                    return ControlFlow::Break(answered.answer);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// The way back, through the steps that the request came through.
    pub async fn after(
        &self,
        mut answer: Response<Body>,
        exchange: &mut Exchange,
        tools: &Tools<'_>,
    ) -> Response<Body> {
        let is_beginning = |passed: &Passed| matches!(passed.0, Entry::Chain);
        let Some(beginning) = exchange.passed.iter().rposition(is_beginning).filter(|_| !self.is_empty())
        else {
            return answer;
        };
        let reached = exchange.passed.len() - beginning - 1;
        for Named { step, .. } in self.steps[..reached].iter().rev() {
            let Some(Passed(Entry::Step(left))) = exchange.passed.pop() else { break };
            answer = step.after(answer, left, exchange, tools).await;
        }
        exchange.passed.truncate(beginning);
        answer
    }
}
