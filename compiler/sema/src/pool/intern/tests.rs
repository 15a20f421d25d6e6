//! Identity of what is interned.
