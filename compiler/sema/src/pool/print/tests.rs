//! Every expectation was printed by the reference implementation.
