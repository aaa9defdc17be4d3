//! The target `document` of `reportgen::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reportgen::fuzzing::document(data));
