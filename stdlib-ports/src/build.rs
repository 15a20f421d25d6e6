//! What a build runner needs: the options that users give to a build, and watching the inputs of
//! its steps.

mod options;
mod steps;
mod watch;

pub use options::{OptionError, UserInputOptions, UserValue};
pub use steps::{State, Step, StepId, Steps};
pub use watch::{Debounce, WaitResult, Watch};
