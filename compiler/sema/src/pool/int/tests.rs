//! Held against `i128` where it is wide enough, against `dashu` elsewhere.
