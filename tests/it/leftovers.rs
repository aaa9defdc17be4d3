//! No strategy leaves a thread or a process behind. Threads are counted over a whole process, so the counting runs in
//! a process of its own: this test starts itself again, alone.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;
use std::sync::Arc;

use reportgen::clock::{SharedClock, SystemClock};
use reportgen::model::{DelayTarget, Nanos, Target};
use reportgen::server;
use reportgen::strategy::Task;
use serde_json::json;

use crate::running::poll;
use crate::test_directory::{built_in_kinds, kind_with, programs};

const ALONE: &str = "leftovers::counted_alone";

#[test]
fn no_strategy_leaves_a_thread_or_a_process_behind() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", ALONE, "--ignored", "--test-threads=1", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "counts the threads of its whole process: started by the test above, alone"]
fn counted_alone() {
    let delay = DelayTarget { delay: Nanos::from_millis(5), jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
    let program = programs().server;
    let server = server::Handle::start(&program.path, &program.arguments, &delay).unwrap();
    for (kind, processes) in built_in_kinds().flat_map(|kind| [(kind, 1), (kind, 2)]) {
        let strategy = kind_with(kind, json!({ "processes": processes, "workers": 4 }));
        let task = Task::new(&Target::Delay(delay.clone()), server.url(), &strategy, 9, programs().worker);
        let before = (threads(), children());
        let clock: SharedClock = Arc::new(SystemClock::start());
        strategy.run(&task.work, &clock).unwrap();
        // A thread that has been told to end is listed until the system has taken it down, which nothing announces.
        let gone = poll(|| threads() == before.0);
        assert!(gone, "{}: {} threads, {} before", kind, threads(), before.0);
        assert_eq!(children(), before.1, "{kind}: children");
    }
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

fn children() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    let mut children: Vec<String> =
        lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    children.sort();
    children
}
