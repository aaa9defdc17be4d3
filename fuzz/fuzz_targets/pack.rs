//! The target `pack` of `reportgen::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reportgen::fuzzing::pack(data));
