//! Tests of the engine: small cases by hand, random programs of a spreadsheet language, random
//! references, and the cost of an edit in graphs of different sizes.

mod cases;
mod cost;
mod formula;
mod liveness;
mod random;
mod sheet;
mod spreadsheet;
