//! Shared pieces of the test harnesses.
