//! Whether output is coloured.

/// What `--color` said.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ColorChoice {
    /// The environment and the terminal decide.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// Decides: the flag, over `CLICOLOR_FORCE`, over `NO_COLOR`, over whether the output is a
/// terminal (other than a dumb one). `env` looks up a variable of the environment.
pub fn use_color(choice: ColorChoice, is_terminal: bool, env: impl Fn(&str) -> Option<String>) -> bool {
    match choice {
        ColorChoice::On => true,
        ColorChoice::Off => false,
        ColorChoice::Auto => {
            if env("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0") {
                true
            } else if env("NO_COLOR").is_some_and(|v| !v.is_empty()) {
                false
            } else {
                is_terminal && env("TERM").is_none_or(|t| t != "dumb")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(choice: ColorChoice, terminal: bool, vars: &[(&str, &str)]) -> bool {
        use_color(choice, terminal, |name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string()))
    }

    #[test]
    fn flag_over_force_over_no_color_over_terminal() {
        use ColorChoice::*;
        assert!(decide(On, false, &[("NO_COLOR", "1")]));
        assert!(!decide(Off, true, &[("CLICOLOR_FORCE", "1")]));
        assert!(decide(Auto, false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!decide(Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!decide(Auto, true, &[("NO_COLOR", "1")]));
        assert!(decide(Auto, true, &[("NO_COLOR", "")]));
        assert!(decide(Auto, true, &[]));
        assert!(!decide(Auto, true, &[("TERM", "dumb")]));
        assert!(!decide(Auto, false, &[]));
    }
}
