//! `kill -9` at every step of an alert that fires: it is told, and told once.

use super::catcher::{Answer, Catcher};
use super::parts::{await_evaluations, await_message, await_state, home, messages, rule, rule_of, set};
use crate::harness::{Appliance, eventually};

tests! {
    []: killed_at_every_step_it_tells_each_incident_once;
}

const WAITS: &str = "for = \"3s\"";

/// What is done to an alert, up to the kill.
struct Step {
    case: &'static str,
    more: &'static str,
    /// How the receiver answers until then.
    answer: Answer,
    /// Waits for the moment.
    until: fn(&Appliance, &Catcher, &str),
}

const STEPS: [Step; 7] = [
    Step { case: "before_it_is_seen", more: WAITS, answer: Answer::Ok("ok"), until: |_, _, _| {} },
    Step {
        case: "while_it_is_pending",
        more: WAITS,
        answer: Answer::Ok("ok"),
        until: |appliance, _, case| drop(await_state(appliance, case, "pending")),
    },
    Step {
        case: "while_it_waits_for_others",
        more: "group_wait = \"4s\"",
        answer: Answer::Ok("ok"),
        until: |appliance, _, case| drop(await_state(appliance, case, "firing")),
    },
    Step {
        case: "while_nobody_takes_it",
        more: "",
        answer: Answer::Status(503, ""),
        until: |_, catcher, case| came(catcher, case),
    },
    Step {
        case: "while_it_is_being_told",
        more: "",
        answer: Answer::Hang,
        until: |_, catcher, case| came(catcher, case),
    },
    Step {
        case: "after_a_lost_reply",
        more: "",
        answer: Answer::LoseReply,
        until: |_, catcher, case| came(catcher, case),
    },
    Step {
        case: "after_it_was_told",
        more: "",
        answer: Answer::Ok("ok"),
        until: |_, catcher, case| drop(await_message(catcher, case, "firing")),
    },
];

fn came(catcher: &Catcher, case: &str) {
    catcher.first("it is tried", |caught| super::parts::is_about(caught, case));
}

fn killed_at_every_step_it_tells_each_incident_once() {
    let catcher = Catcher::start();
    let rules: String = STEPS.iter().map(|step| rule(step.case, step.more)).collect();
    let mut appliance = home(&catcher, "", &rules).start();
    for Step { case, answer, until, .. } in STEPS {
        await_evaluations(&appliance, case, 1);
        catcher.answer(answer);
        set(&appliance, case, 12.0);
        until(&appliance, &catcher, case);
        let begun = rule_of(&appliance, case)["alerts"][0]["activeAt"].clone();
        let home = appliance.kill();
        catcher.answer(Answer::Ok("ok"));
        appliance = home.start();
        await_message(&catcher, case, "firing");
        await_evaluations(&appliance, case, 3);
        assert_eq!(messages(&catcher, case), ["firing"], "{case}");
        let now = rule_of(&appliance, case)["alerts"][0]["activeAt"].clone();
        assert!(begun.is_null() || begun == now, "{case}: it began {begun}, and {now} after the restart");
    }
    // All is over, and the process is killed once more before and after it is told.
    STEPS.iter().for_each(|step| set(&appliance, step.case, 1.0));
    appliance = appliance.kill().start();
    for step in &STEPS {
        await_message(&catcher, step.case, "resolved");
    }
    appliance = appliance.kill().start();
    for step in &STEPS {
        await_evaluations(&appliance, step.case, 2);
        assert_eq!(messages(&catcher, step.case), ["firing", "resolved"], "{}", step.case);
    }
    eventually("the log tells of no fault", || (!appliance.log().contains("panicked")).then_some(()));
}
