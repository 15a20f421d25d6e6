//! The edits. Each operator looks for a place where it applies, changes the files, and says what the
//! change may cost at most.

mod decl;
mod file;
mod function;
mod graph;
mod shape;
mod text;
mod token;

use std::ops::Range;

use super::place::View;
use super::project::Files;
use super::random::Random;

/// What an update with this edit alone may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// No unit is run and no function compiled: the tokens are what they were.
    Nothing,
    /// One unit is run, and at most one function compiled.
    OneBody,
    /// No promise.
    Any,
}

/// An operator: `None` if there is no place for it.
pub type Operator = fn(&mut Editor) -> Option<Cost>;

/// All operators with their names, those of one topic together.
pub const OPERATORS: &[&[(&str, Operator)]] =
    &[text::ALL, token::ALL, decl::ALL, function::ALL, shape::ALL, graph::ALL, file::ALL];

/// A project under edit.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The files.
    pub files: Files,
    /// What decides.
    pub random: Random,
    /// Deleted members with the file that each stood in.
    pub trash: Vec<(String, String)>,
    /// Deleted files.
    pub gone: Vec<(String, Vec<u8>)>,
    serial: u32,
}

impl Editor {
    /// Starts with some files.
    pub fn new(files: Files, random: Random) -> Editor {
        Editor { files, random, trash: Vec::new(), gone: Vec::new(), serial: 0 }
    }

    /// Applies one operator that finds a place, each topic as often as any other. Its name and cost.
    pub fn edit(&mut self) -> (&'static str, Cost) {
        for _ in 0..50 {
            let Some(topic) = self.random.pick(OPERATORS) else { break };
            let Some(&(name, operator)) = self.random.pick(topic) else { break };
            let before = self.files.clone();
            match operator(self) {
                // Who embeds a file reads all of it.
                Some(_) if self.files != before && self.embeds() => return (name, Cost::Any),
                Some(cost) if self.files != before => return (name, cost),
                _ => self.files = before,
            }
        }
        ("nothing", Cost::Nothing)
    }

    fn embeds(&self) -> bool {
        self.files.values().any(|text| text.windows(10).any(|w| w == b"@embedFile"))
    }

    /// One of the files.
    fn view(&mut self) -> Option<View> {
        let names: Vec<&String> = self.files.keys().collect();
        let name = self.random.pick(&names)?.to_string();
        self.view_of(&name)
    }

    /// A file by name.
    fn view_of(&self, name: &str) -> Option<View> {
        Some(View::new(name, self.files.get(name)?))
    }

    /// Puts `text` in the place of a range of a file.
    fn replace(&mut self, file: &str, range: Range<usize>, text: &str) {
        if let Some(bytes) = self.files.get_mut(file)
            && range.start <= range.end
            && range.end <= bytes.len()
        {
            bytes.splice(range, text.bytes());
        }
    }

    /// A name that nothing has.
    fn fresh(&mut self, stem: &str) -> String {
        self.serial += 1;
        format!("{stem}{}", self.serial)
    }
}
