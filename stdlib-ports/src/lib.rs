//! Ports of pieces of the language's standard library that the compiler itself needs.
//!
//! Nothing here knows what a compiler is. [`fs::Watch`] is what the self-hosted compiler of 2018
//! called `event.fs.Watch(V)`: files are registered with a value, and changes come back as values. [`build`] is what a
//! build runner does with it.

pub mod build;
pub mod fs;
