//! The target `raw_rows` of `reportgen::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reportgen::fuzzing::raw_rows(data));
