//! What a broker of tasks sends: no bytes panic, neither as answers of Redis nor as events of Celery, whether they come
//! in the envelope or are its body.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    collectors::queue::fuzzing::events(bytes);
    collectors::queue::fuzzing::event_body(bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(collectors::queue::fuzzing::replies(bytes));
});
