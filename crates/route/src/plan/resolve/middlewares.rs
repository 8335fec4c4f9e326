//! What middlewares refer to: chains to others, error pages to a service.

use std::collections::BTreeMap;

use super::{Resolver, follow};
use crate::declared::Middleware;
use crate::finding::Finding;
use crate::name::Name;
use crate::plan::chain;

impl Resolver<'_, '_> {
    /// Writes out what middlewares refer to, and finds those that cannot be used.
    pub(super) fn resolve_middlewares(&mut self, services: &BTreeMap<Name, ()>) {
        let mut resolved = self.middlewares.clone();
        let mut faults = BTreeMap::new();
        for (name, middleware) in &mut resolved {
            let place = middleware.place().clone();
            let fault = match &mut middleware.value {
                Middleware::Broken { why, .. } => {
                    self.findings.push(Finding::error(place, why.clone(), "").about(name));
                    Some(why.clone())
                }
                Middleware::Chain(links) => {
                    let mut fault = None;
                    for link in links {
                        match follow("middleware", link, &self.middlewares, name, &place, &mut self.findings)
                        {
                            Ok(found) => *link = found.to_string(),
                            Err(why) => fault = fault.or(Some(why)),
                        }
                    }
                    fault
                }
                Middleware::Errors(pages) => {
                    match follow("service", &pages.service, services, name, &place, &mut self.findings) {
                        Ok(found) => {
                            pages.service = found.to_string();
                            None
                        }
                        Err(why) => Some(why),
                    }
                }
                _ => None,
            };
            faults.extend(fault.map(|why| (name.clone(), why)));
        }
        self.faults = chain::broken(&resolved, faults);
        self.middlewares = resolved;
    }

    /// The middlewares that `references` lead to. What leads nowhere, or to what cannot be used, is among the reasons.
    pub(super) fn follow_middlewares(
        &mut self,
        references: &[String],
        object: &Name,
        place: &crate::node::Place,
        reasons: &mut Vec<String>,
    ) -> Vec<Name> {
        let mut names = Vec::new();
        for reference in references {
            match follow("middleware", reference, &self.middlewares, object, place, &mut self.findings) {
                Ok(name) => {
                    reasons.extend(self.faults.get(&name).map(|why| format!("the middleware {name}: {why}")));
                    names.push(name);
                }
                Err(why) => reasons.push(why),
            }
        }
        names
    }
}
