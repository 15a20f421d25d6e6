//! Tests of the engine: small cases by hand, and random programs of a spreadsheet language.

mod cases;
