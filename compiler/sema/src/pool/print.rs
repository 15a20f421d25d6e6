//! Types and values as the language prints them.
