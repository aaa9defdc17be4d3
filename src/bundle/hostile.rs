//! Packs that were made to do harm, or were damaged: refused, with a reason, and nothing is left anywhere.

use std::fs;
use std::io::Write;

use proptest::prelude::{any, prop, proptest};
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

use super::pack::pack;
use super::unpack::{MOST_ENTRIES, members, unpack};
use crate::archive::testkit::small_run;

/// A tar in the making, with headers that no well-meaning program writes.
struct Forgery(Builder<Vec<u8>>);

impl Forgery {
    fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    fn member(mut self, name: &[u8], kind: EntryType, content: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        header.set_cksum();
        self.0.append(&header, content).unwrap();
        self
    }

    fn file(self, name: &str, content: &[u8]) -> Self {
        self.member(name.as_bytes(), EntryType::Regular, content)
    }

    fn tar(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }

    fn packed(self) -> Vec<u8> {
        zstd::encode_all(&self.tar()[..], 1).unwrap()
    }
}

/// Why bytes are refused as a pack. Nothing may be left beside it, nor in it what was taken out.
fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.tar.zst");
    fs::write(&path, bytes).unwrap();
    let error = unpack(&path, |_| true).unwrap_err().to_string();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(error.contains("hostile.tar.zst"), "{error}");
    error
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "/etc/x", "../x", "run/../x", "run/./x", "run//x", "run/", "x", "run/..", "run\\x/y", "C:/x", "run/a\nb", "",
        ".git/x",
    ] {
        let error = refusal(&Forgery::new().file(name, b"x").packed());
        assert!(error.contains("may lead out") || error.contains("does not lie in"), "{name:?}: {error}");
    }
    let error = refusal(&Forgery::new().member(b"run/\xff", EntryType::Regular, b"").packed());
    assert!(error.contains("is not UTF-8"), "{error}");
}

#[test]
fn only_plain_files_are_taken() {
    for (kind, why) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Char, "is a device"),
        (EntryType::Block, "is a device"),
        (EntryType::Fifo, "is a device"),
        (EntryType::GNUSparse, "not a plain file"),
        (EntryType::GNULongName, "not a plain file"),
        (EntryType::XHeader, "not a plain file"),
        (EntryType::XGlobalHeader, "not a plain file"),
    ] {
        let error = refusal(&Forgery::new().file("run/manifest.json", b"{}").member(b"run/x", kind, b"").packed());
        assert!(error.contains(why), "{kind:?}: {error}");
    }
    let with_folder = Forgery::new().member(b"run/", EntryType::Directory, b"").file("run/x", b"1").packed();
    assert_eq!(members(&with_folder[..], 1 << 20, |_, _| Ok(1)), Ok("run".to_owned()), "tar itself writes folders");
}

#[test]
fn a_pack_holds_one_run_and_each_file_once() {
    let twice = Forgery::new().file("run/x", b"1").file("run/x", b"2").packed();
    assert!(refusal(&twice).contains("holds x twice"));
    assert!(refusal(&Forgery::new().file("a/x", b"").file("b/x", b"").packed()).contains("holds b beside a"));
    assert!(refusal(&Forgery::new().file("a/x", b"").file("a/x/y", b"").packed()).contains("x/y: "));
    assert!(refusal(&Forgery::new().packed()).contains("holds no files"));
    let many = (0..=MOST_ENTRIES).fold(Forgery::new(), |forgery, index| forgery.file(&format!("run/{index}"), b""));
    assert!(refusal(&many.packed()).contains("more than 4096 files"));
}

#[test]
fn bombs_are_refused_before_they_fill_a_disk() {
    let mut header = Header::new_ustar();
    header.set_path("run/zeros").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.write_all(header.as_bytes()).unwrap();
    (0..32).for_each(|_| encoder.write_all(&vec![0; 1 << 20]).unwrap());
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 10_000);
    let error = refusal(&bomb);
    assert!(error.contains("unpacks to more than"), "{error}");
    assert!(error.contains("200 times its size plus 16 MiB"), "{error}");
}

#[test]
fn a_frame_that_wants_more_memory_than_a_pack_may_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&Forgery::new().file("run/x", b"1").tar()).unwrap();
    assert!(refusal(&encoder.finish().unwrap()).contains("memory"), "the window is bounded");
}

#[test]
fn what_is_cut_short_or_goes_on_is_refused() {
    let whole = Forgery::new().file("run/x", &[7; 700]);
    let tar = whole.tar();
    let packed = |tar: &[u8]| zstd::encode_all(tar, 1).unwrap();
    assert!(refusal(&packed(&tar[..1000])).contains("truncated within x"));
    assert!(refusal(&packed(&tar[..1536])).contains("its end is missing"));
    assert!(refusal(&packed(&tar[..2048])).contains("its end is missing"));
    assert!(refusal(&packed(&[&tar[..], b"more"].concat())).contains("something follows"));
    let good = packed(&tar);
    assert!(refusal(&[&good[..], b"more"].concat()).contains("something follows"));
    assert!(refusal(&[&good[..], &good[..]].concat()).contains("something follows"));
    for text in ["", "strategy,requests,duration_s\n", "PK\u{3}\u{4}"] {
        assert!(refusal(text.as_bytes()).contains("neither a run directory nor a file that `reportgen pack` wrote"));
    }
}

/// A pack of the small run.
fn small_pack() -> (TempDir, Vec<u8>) {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    let to = parent.path().join("small.tar.zst");
    pack(&run, run.id(), &to).unwrap();
    let bytes = fs::read(&to).unwrap();
    (parent, bytes)
}

#[test]
fn a_pack_that_ends_early_is_refused_wherever_it_ends() {
    let (_parent, bytes) = small_pack();
    for end in (0..bytes.len()).step_by(37) {
        assert!(members(&bytes[..end], 1 << 24, |_, from| std::io::copy(from, &mut std::io::sink())).is_err(), "{end}");
    }
}

proptest! {
    #[test]
    fn a_changed_byte_is_never_taken_for_the_pack(at in any::<prop::sample::Index>(), change in 1_u8..) {
        thread_local!(static PACK: (TempDir, Vec<u8>) = small_pack());
        PACK.with(|(_, bytes)| {
            let sums = |bytes: &[u8]| {
                let mut all = Vec::new();
                members(bytes, 1 << 24, |name, from| {
                    all.extend(name.as_bytes());
                    std::io::copy(from, &mut all)
                }).map(|_| all)
            };
            let mut changed = bytes.clone();
            changed[at.index(bytes.len())] ^= change;
            // A byte that zstd does not look at changes nothing that comes out.
            if let Ok(content) = sums(&changed) {
                assert_eq!(Ok(content), sums(bytes));
            }
        });
    }

    #[test]
    fn rubbish_is_refused_and_never_a_panic(bytes in any::<Vec<u8>>()) {
        assert!(members(&zstd::encode_all(&bytes[..], 1).unwrap()[..], 1 << 24, |_, _| Ok(0)).is_err());
        assert!(members(&bytes[..], 1 << 24, |_, _| Ok(0)).is_err());
    }
}
