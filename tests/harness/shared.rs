//! The engine and the appliance that most collection tests share: each starts at its first use, and ends when
//! all tests have.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Appliance, Engine, Home};

/// An appliance that collects from an engine.
pub(crate) struct Rig {
    pub(crate) appliance: Appliance,
    pub(crate) engine: Engine,
}

static RIG: Mutex<Option<Arc<Rig>>> = Mutex::new(None);

/// The shared rig. Containers on it have names that no other test uses.
pub(crate) fn rig() -> Arc<Rig> {
    let mut shared = RIG.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(shared.get_or_insert_with(|| {
        let engine = Engine::start();
        let appliance = Home::new().docker(&engine).start();
        Arc::new(Rig { appliance, engine })
    }))
}

/// Ends what the tests shared.
pub(crate) fn stop_shared_parts() {
    RIG.lock().unwrap_or_else(PoisonError::into_inner).take();
}
