//! From machine code and data to something that runs: a program updated in place ([`Image`]) and
//! put at its path atomically ([`Publisher`]), or a relocatable object ([`ObjectBuilder`]),
//! archive ([`archive`]) or, through the system, shared object ([`system`]).
//!
//! Nothing here knows the language: symbols are numbers with names, sections, alignments and
//! relocations. Work per update is proportional to what changed; `slots` (space), `relocs`
//! (references) and `symtab` (names) keep it so; `headers` and `elf` encode what the kernel reads,
//! `debug` keeps lines for debuggers and stack traces,
//! `verify` holds an image against what it should be,
//! `names` resolves external names, `runtime` supplies the few routines that no typed function
//! defines.

pub mod archive;
mod bytes;
mod debug;
mod elf;
mod error;
mod headers;
mod image;
mod names;
mod object;
mod publish;
mod relocs;
mod runtime;
mod slots;
mod spare;
mod symtab;
pub mod system;
mod verify;

pub use debug::{Lines, Row, Source};
pub use error::LinkError;
pub use image::{Finished, Image, ImageOptions, Stats};
pub use object::ObjectBuilder;
pub use publish::{PublishError, Published, Publisher, write_file};
pub use verify::{Content, Named, Reference};
