//! Messages become text: [`Renderer`] chooses between the three forms.

mod excerpt;
mod json;
mod rich;
mod short;

use crate::msg::Msg;
use std::io::{self, Write};

/// A form of output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// One line a message and a note: `file:line:col: error: text`.
    Short,
    /// With source excerpts and underlines.
    Rich,
    /// One JSON object a line.
    Json,
}

/// What `--error-style` said.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum StyleChoice {
    /// Rich on a terminal, short elsewhere.
    #[default]
    Auto,
    /// As said.
    Fixed(Style),
}

impl StyleChoice {
    /// The form to use, given whether output goes to a terminal.
    pub fn resolve(self, is_terminal: bool) -> Style {
        match self {
            StyleChoice::Fixed(style) => style,
            StyleChoice::Auto if is_terminal => Style::Rich,
            StyleChoice::Auto => Style::Short,
        }
    }
}

/// Writes messages in one form.
#[derive(Clone, Copy, Debug)]
pub struct Renderer {
    /// The form.
    pub style: Style,
    /// Whether to colour (JSON never is).
    pub color: bool,
}

impl Renderer {
    /// Writes one message, with its notes and trace.
    pub fn render(&self, msg: &Msg, w: &mut dyn Write) -> io::Result<()> {
        match self.style {
            Style::Short => short::render(msg, self.color, w),
            Style::Rich => rich::render(msg, self.color, w),
            Style::Json => json::render(msg, w),
        }
    }

    /// Writes several messages in the given order.
    pub fn render_all(&self, msgs: &[Msg], w: &mut dyn Write) -> io::Result<()> {
        msgs.iter().try_for_each(|msg| self.render(msg, w))
    }

    /// One message as a string.
    pub fn to_string(&self, msg: &Msg) -> String {
        let mut out = Vec::new();
        // Writing to a Vec cannot fail, and every form writes UTF-8.
        let _ = self.render(msg, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// A message as [`Style::Json`] writes it, to be embedded in a larger object.
pub fn to_json(msg: &Msg) -> impl serde::Serialize + '_ {
    json::object(msg)
}

/// ANSI escape sequences, or nothing.
pub(crate) struct Paint(pub bool);

impl Paint {
    fn code(&self, s: &'static str) -> &'static str {
        if self.0 { s } else { "" }
    }
    pub(crate) fn bold(&self) -> &'static str {
        self.code("\x1b[1m")
    }
    pub(crate) fn dim(&self) -> &'static str {
        self.code("\x1b[2m")
    }
    pub(crate) fn red(&self) -> &'static str {
        self.code("\x1b[31m")
    }
    pub(crate) fn cyan(&self) -> &'static str {
        self.code("\x1b[36m")
    }
    pub(crate) fn reset(&self) -> &'static str {
        self.code("\x1b[0m")
    }
}
