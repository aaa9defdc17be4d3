//! The target `imported_csv` of `reportgen::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reportgen::fuzzing::imported_csv(data));
