//! Options that users give to a build: `-Dname=value`, again for a list, and `-Dname` as a flag.

use indexmap::IndexMap;
use thiserror::Error;

/// What was given for an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UserValue {
    /// `-Dname`.
    Flag,
    /// `-Dname=value`, once.
    Scalar(String),
    /// `-Dname=value`, more than once, in the order given.
    List(Vec<String>),
}

/// Why an option is of no use. The texts are those of the language's own build runner.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OptionError {
    /// A value after a flag.
    #[error("Option '-D{name}={value}' conflicts with flag '-D{name}'.")]
    OptionAfterFlag {
        /// The option's name.
        name: String,
        /// The value that came too late.
        value: String,
    },
    /// A flag after a value.
    #[error("Flag '-D{name}' conflicts with option '-D{name}={value}'.")]
    FlagAfterOption {
        /// The option's name.
        name: String,
        /// The value that came before.
        value: String,
    },
    /// A flag after several values.
    #[error("Flag '-D{name}' conflicts with multiple options of the same name.")]
    FlagAfterList {
        /// The option's name.
        name: String,
    },
    /// Not an option at all.
    #[error("expected '-Dname' or '-Dname=value', found '{0}'")]
    NoOption(String),
    /// A value of the wrong kind.
    #[error("Expected -D{name} to be a {expected}, but received {found}")]
    Kind {
        /// The option's name.
        name: String,
        /// What it should be.
        expected: &'static str,
        /// What was given.
        found: String,
    },
}

#[derive(Clone, Debug)]
struct UserOption {
    value: UserValue,
    used: bool,
}

/// All options of a build by name, in the order in which they were first given.
#[derive(Clone, Default, Debug)]
pub struct UserInputOptions {
    options: IndexMap<String, UserOption>,
}

impl UserInputOptions {
    /// No options.
    pub fn new() -> UserInputOptions {
        UserInputOptions::default()
    }

    /// Takes an argument as it stands on the command line, `-D` included.
    pub fn add_argument(&mut self, argument: &str) -> Result<(), OptionError> {
        match argument.strip_prefix("-D").map(|rest| rest.split_once('=').map_or((rest, None), |(n, v)| (n, Some(v)))) {
            None | Some(("", _)) => Err(OptionError::NoOption(argument.to_owned())),
            Some((name, Some(value))) => self.add_option(name, value),
            Some((name, None)) => self.add_flag(name),
        }
    }

    /// `-Dname=value`. A second value makes a list.
    pub fn add_option(&mut self, name: &str, value: &str) -> Result<(), OptionError> {
        let value = value.to_owned();
        let Some(option) = self.options.get_mut(name) else {
            self.insert(name, UserValue::Scalar(value));
            return Ok(());
        };
        match &mut option.value {
            UserValue::Scalar(first) => option.value = UserValue::List(vec![std::mem::take(first), value]),
            UserValue::List(list) => list.push(value),
            UserValue::Flag => return Err(OptionError::OptionAfterFlag { name: name.to_owned(), value }),
        }
        Ok(())
    }

    /// `-Dname`. Given twice it is the same as once.
    pub fn add_flag(&mut self, name: &str) -> Result<(), OptionError> {
        let owned = || name.to_owned();
        match self.options.get(name).map(|o| &o.value) {
            None => self.insert(name, UserValue::Flag),
            Some(UserValue::Flag) => {}
            Some(UserValue::Scalar(value)) => {
                return Err(OptionError::FlagAfterOption { name: owned(), value: value.clone() });
            }
            Some(UserValue::List(_)) => return Err(OptionError::FlagAfterList { name: owned() }),
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, value: UserValue) {
        self.options.insert(name.to_owned(), UserOption { value, used: false });
    }

    /// What was given for an option, which counts as used from now on.
    pub fn get(&mut self, name: &str) -> Option<&UserValue> {
        let option = self.options.get_mut(name)?;
        option.used = true;
        Some(&option.value)
    }

    /// A boolean: a flag, or `true` or `false` as the value.
    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, OptionError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value {
            UserValue::Flag => Ok(Some(true)),
            UserValue::Scalar(s) if s == "true" => Ok(Some(true)),
            UserValue::Scalar(s) if s == "false" => Ok(Some(false)),
            other => Err(kind(name, "boolean", other)),
        }
    }

    /// A string.
    pub fn string(&mut self, name: &str) -> Result<Option<&str>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(UserValue::Scalar(s)) => Ok(Some(s)),
            Some(other) => Err(kind(name, "string", other)),
        }
    }

    /// A list; a single value is a list of one.
    pub fn list(&mut self, name: &str) -> Result<Option<&[String]>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(UserValue::Scalar(s)) => Ok(Some(std::slice::from_ref(s))),
            Some(UserValue::List(list)) => Ok(Some(list)),
            Some(other) => Err(kind(name, "list", other)),
        }
    }

    /// Options that nobody has asked for: misspelt, most likely.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.options.iter().filter(|(_, option)| !option.used).map(|(name, _)| name.as_str())
    }
}

fn kind(name: &str, expected: &'static str, found: &UserValue) -> OptionError {
    let found = match found {
        UserValue::Flag => "a flag.".to_owned(),
        UserValue::Scalar(value) => format!("'{value}'"),
        UserValue::List(_) => "a list.".to_owned(),
    };
    OptionError::Kind { name: name.to_owned(), expected, found }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Result<UserInputOptions, String> {
        let mut options = UserInputOptions::new();
        arguments.iter().try_for_each(|a| options.add_argument(a)).map_err(|e| e.to_string())?;
        Ok(options)
    }

    #[test]
    fn values_lists_and_flags() {
        let mut o = given(&["-Da=1", "-Dlist=x", "-Dflag", "-Dlist=y=z", "-Dflag", "-Dlist=", "-Dempty="]).unwrap();
        assert_eq!(o.get("a"), Some(&UserValue::Scalar("1".into())));
        assert_eq!(o.get("list"), Some(&UserValue::List(vec!["x".into(), "y=z".into(), String::new()])));
        assert_eq!(o.get("flag"), Some(&UserValue::Flag));
        assert_eq!(o.get("other"), None);
        assert_eq!(o.unused().collect::<Vec<_>>(), ["empty"]);
    }

    #[test]
    fn conflicts() {
        for (arguments, text) in [
            (&["-Da", "-Da=1"][..], "Option '-Da=1' conflicts with flag '-Da'."),
            (&["-Da=1", "-Da"], "Flag '-Da' conflicts with option '-Da=1'."),
            (&["-Da=1", "-Da=2", "-Da"], "Flag '-Da' conflicts with multiple options of the same name."),
            (&["-D"], "expected '-Dname' or '-Dname=value', found '-D'"),
            (&["-D=1"], "expected '-Dname' or '-Dname=value', found '-D=1'"),
            (&["--a"], "expected '-Dname' or '-Dname=value', found '--a'"),
        ] {
            assert_eq!(given(arguments).unwrap_err(), text);
        }
        // What was there before the conflict is still there.
        let mut o = given(&["-Da"]).unwrap();
        assert!(o.add_option("a", "1").is_err());
        assert_eq!(o.get("a"), Some(&UserValue::Flag));
    }

    #[test]
    fn kinds() {
        let mut o = given(&["-Don", "-Doff=false", "-Dyes=true", "-Ds=text", "-Dl=1", "-Dl=2"]).unwrap();
        assert_eq!(o.boolean("on"), Ok(Some(true)));
        assert_eq!(o.boolean("off"), Ok(Some(false)));
        assert_eq!(o.boolean("yes"), Ok(Some(true)));
        assert_eq!(o.boolean("none"), Ok(None));
        assert_eq!(o.string("s"), Ok(Some("text")));
        assert_eq!(o.list("s").unwrap().unwrap(), ["text"]);
        assert_eq!(o.list("l").unwrap().unwrap(), ["1", "2"]);
        for (error, text) in [
            (o.boolean("s").unwrap_err(), "Expected -Ds to be a boolean, but received 'text'"),
            (o.string("on").unwrap_err(), "Expected -Don to be a string, but received a flag."),
            (o.string("l").unwrap_err(), "Expected -Dl to be a string, but received a list."),
            (o.list("on").unwrap_err(), "Expected -Don to be a list, but received a flag."),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
