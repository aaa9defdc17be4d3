//! Tables that other programs wrote: drawn and compared, their columns guessed or named, faults told.

use std::fs;

use crate::test_directory::TestDirectory;

const BENCH: &str = "name;threads;time_ms\npool;1;812,5\npool;8;131,0\nasync;1;104,2\nasync;8;103,9\n";

#[test]
fn a_table_of_another_program_is_drawn_and_its_columns_are_told() {
    let place = TestDirectory::new();
    place.write("bench.csv", BENCH);
    let output = place.run(&["render", "bench.csv", "--formats", "svg", "--title", "Pools", "--x-label", "Pool size"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let guess = "reading \"threads\" as the x axis, \"time_ms\" as durations in ms, a line for each \"name\"";
    assert!(output.stderr.contains(guess), "{}", output.stderr);
    assert!(
        output
            .stdout
            .contains("async is fastest at every value of threads from 1 to 8. At threads = 8 it takes 104 ms"),
        "{}",
        output.stdout
    );
    let report = fs::read_to_string(place.path("bench-report/report.md")).unwrap();
    assert!(report.starts_with("# Pools\n"), "{report}");
    let chart = fs::read_to_string(place.path("bench-report/charts/duration.svg")).unwrap();
    assert!(chart.contains(">Pool size<"), "{chart}");
    assert!(!place.path("bench-report/charts/throughput.svg").exists());
    assert!(fs::read_to_string(place.path("bench-report/summary.csv")).unwrap().contains("\npool,,,8,1,0.131"));
}

#[test]
fn two_tables_are_compared_where_they_have_the_same_x_axis() {
    let place = TestDirectory::new();
    let rows = |slower: u32| {
        let row = |number: u32| format!("a,{},{}\n", number % 2 + 1, 1000 + slower + number);
        (0..20).map(row).collect::<String>()
    };
    place.write("base.csv", format!("label,n,wall [us]\n{}", rows(0)));
    place.write("same.csv", format!("label,n,wall [us]\n{}", rows(0)));
    place.write("slow.csv", format!("label,n,wall [us]\n{}", rows(500)));
    place.write("other.csv", format!("label,size,wall [us]\n{}", rows(0)));
    for (new, code) in [("same.csv", 0), ("slow.csv", 4)] {
        let output = place.run(&["compare", "base.csv", new]);
        assert_eq!(output.code, Some(code), "{new}: {}{}", output.stdout, output.stderr);
    }
    let output = place.run(&["compare", "base.csv", "slow.csv"]);
    assert!(output.stdout.contains("slower at n = 1 and 2"), "{}", output.stdout);
    let output = place.run(&["compare", "base.csv", "other.csv"]);
    assert_eq!(output.code, Some(2), "{}", output.stdout);
    assert!(output.stderr.contains("the base is by n, the new run by size"), "{}", output.stderr);
}

#[test]
fn what_cannot_be_told_names_the_option_that_says_it() {
    let place = TestDirectory::new();
    place.write("odd.csv", "what,small,large\n1,2,3\n");
    let output = place.run(&["render", "odd.csv"]);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(
        output.stderr.contains("odd.csv: cannot tell which column is the x axis; name it with --x"),
        "{}",
        output.stderr
    );
    let output = place.run(&["render", "odd.csv", "--x", "what", "--unit", "furlongs"]);
    assert_eq!(output.code, Some(2), "{}", output.stdout);
    assert!(output.stderr.contains("expected ns, us, ms, s, min or h"), "{}", output.stderr);
    let output = place.run(&["render", "odd.csv", "--x", "what", "--formats", "svg", "-q"]);
    assert_eq!((output.code, output.stdout.trim()), (Some(0), "odd-report"), "{}", output.stderr);
}
