//! Messages: what is wrong, where, and how that is shown.
//!
//! A [`Msg`] is text plus a [`Place`], with notes (each with a place of its own) and the trace of
//! references that led to it. By the time one exists it is resolved: it holds the source text that
//! it points into by reference count, so a message about a tree that has been replaced since can
//! still be shown. Nothing here knows how a message came about, what a scope or a unit is, or
//! where its output goes: [`Renderer`] writes to any `io::Write`.
//!
//! - [`msg`]: the model; [`source`]: one version of a file, byte offset → line and column;
//! - [`render`]: short, rich and JSON forms; [`color`]: whether to colour; [`path`]: shown paths.

pub mod color;
pub mod msg;
pub mod path;
pub mod render;
pub mod source;

pub use color::{ColorChoice, use_color};
pub use msg::{Kind, Msg, Note, Place, Ref, Span};
pub use path::shown_path;
pub use render::{Renderer, Style, StyleChoice};
pub use source::{Pos, Source};
