//! Drawing that is cut short, repeated, or meets files of others: what is there stays whole, and the next command works.

use std::fs;

use crate::workplace::Workplace;

const QUICK: &str = "title = \"Quick\"\n[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n\
    [[strategy]]\nname = \"one\"\nkind = \"sequential\"\n[[strategy]]\nname = \"many\"\nkind = \"async\"\n\
    [[chart]]\nkind = \"duration\"\n[[chart]]\nkind = \"speedup\"\n[output]\nformats = [\"svg\"]\n";

/// A folder with one finished run, and its path in it.
fn one_run() -> (Workplace, String) {
    let place = Workplace::new();
    place.write("quick.toml", QUICK);
    let said = place.run(&["-c", "quick.toml", "-q"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let run = said.stdout.trim_end().to_owned();
    (place, run)
}

/// Fails unless `verify` finds every file as it was written.
fn check_verified(place: &Workplace, run: &str) {
    let said = place.run(&["verify", run]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", said.stdout);
}

#[test]
fn what_a_killed_program_left_is_of_no_run_and_goes_with_the_next_drawing() {
    let (place, run) = one_run();
    for folder in ["", "charts"] {
        fs::write(place.path(&run).join(folder).join(".writing-aB3xY9"), "torn").unwrap();
    }
    check_verified(&place, &run);
    assert_eq!(place.run(&["pack", &run, "-o", "a.tar.zst"]).code, Some(0));
    check_verified(&place, "a.tar.zst");
    assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0));
    check_verified(&place, &run);
    let left = |folder: &str| place.entries(folder).into_iter().filter(|name| name.starts_with(".writing-")).count();
    assert_eq!((left(&run), left(&format!("{run}/charts"))), (0, 0));
}
