//! The archive as a user meets it: runs packed, listed, tagged, verified, removed.

use std::fs;

use crate::workplace::Workplace;

const QUICK: &str = "title = \"Quick\"\n[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n\
    [[strategy]]\nname = \"one\"\nkind = \"sequential\"\n[[strategy]]\nname = \"many\"\nkind = \"async\"\n\
    [output]\nformats = [\"svg\"]\n";

/// A folder with one finished run, and its path in it.
fn one_run() -> (Workplace, String) {
    let place = Workplace::new();
    place.write("quick.toml", QUICK);
    let said = place.run(&["-c", "quick.toml", "-q"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let run = said.stdout.trim_end().to_owned();
    (place, run)
}

#[test]
fn a_pack_is_written_once_and_drawn_like_its_folder() {
    let (place, run) = one_run();
    let id = run.strip_prefix("reports/").unwrap();
    let said = place.run(&["pack", &run]);
    let pack = format!("{id}.tar.zst");
    assert_eq!((said.code, said.stdout), (Some(0), format!("{pack}\n")), "{}", said.stderr);
    let bytes = fs::read(place.path(&pack)).unwrap();
    let again = place.run(&["pack", &run]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains(&pack) && again.stderr.contains("not overwritten"), "{}", again.stderr);
    assert_eq!(place.run(&["pack", &run, "-o", "other"]).code, Some(0));
    assert!(fs::read(place.path("other")).unwrap() == bytes, "the same run gives the same bytes");
    assert_eq!(place.run(&["pack", &pack, "-o", "x"]).code, Some(2), "a pack of a pack");
    assert_eq!(place.run(&["pack", "nothing"]).code, Some(3));

    let drawn = place.run(&["render", &pack, "-q"]);
    assert_eq!((drawn.code, drawn.stdout), (Some(0), format!("{id}-report\n")), "{}", drawn.stderr);
    for name in ["manifest.json", "raw.csv", "summary.csv", "charts/duration.svg", "report.html"] {
        let read = |folder: &str| fs::read(place.path(folder).join(name)).unwrap();
        assert!(read(&format!("{id}-report")) == read(&run), "{name} differs");
    }
    assert_eq!(fs::read(place.path(&pack)).unwrap(), bytes, "a pack is never written to");
    let resumed = place.run(&["--resume", &pack]);
    assert_eq!(resumed.code, Some(3));
    assert!(resumed.stderr.contains("unpack it with tar"), "{}", resumed.stderr);
}
