//! Options of every command, which may also stand before it: `reportgen -q render RUN`.

use std::ffi::OsString;

use clap::Command;

/// The words with leading options of every command moved behind the command's name, where the parser expects them.
pub(super) fn options_behind_command(definition: &Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        at += match word {
            "--color" => 2,
            "-q" | "--quiet" | "-v" | "-vv" | "--verbose" => 1,
            _ if word.starts_with("--color=") => 1,
            _ => break,
        };
    }
    if words.get(at).is_some_and(|word| definition.find_subcommand(word).is_some()) {
        words[1..=at].rotate_right(1);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::Cli;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(line.split_whitespace())
    }

    #[test]
    fn options_of_every_command_may_stand_before_it() {
        let before = read("reportgen --color never -vv list reports").unwrap();
        let behind = read("reportgen list reports --color=never -v -v").unwrap();
        assert_eq!(format!("{before:?}"), format!("{behind:?}"));
        assert!(read("reportgen -q --color=never verify a").unwrap().quiet);
        assert!(read("reportgen -q --config list").unwrap().command.is_none());
        for wrong in ["reportgen --repeats 3 list", "reportgen --color", "reportgen -q nothing"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
