//! The target `http2_server` of `reportgen::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reportgen::fuzzing::http2_server(data));
