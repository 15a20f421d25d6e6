//! The text under construction, which indents itself.
//!
//! A scope says that lines which begin in it are indented one step more than those around it. It
//! takes effect only when a line ends while it is the innermost one, and never if none does: that
//! is why several scopes that open on one line together indent by one step. While formatting is
//! switched off nothing is written, but scopes and lines are kept track of.

use super::space::Gap;

/// How much a scope indents.
pub(super) const STEP: usize = 4;
/// The same among the operands of `asm`.
pub(super) const ASM_STEP: usize = 2;

/// Why a scope is there, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Why {
    Plain,
    /// What follows `=`.
    Value,
    /// What follows an operator; directly inside a `Value` that has taken effect it adds nothing.
    Operand,
    /// An access to a field; of a chain of them the outermost takes effect.
    Access,
}

struct Scope {
    why: Why,
    /// By how much it indents now: 0 until it has taken effect.
    width: usize,
}

/// The column at which something began whose end is a comma or a semicolon: comments before that
/// end are indented to there.
struct Anchor {
    end: Gap,
    column: usize,
}

pub(super) struct Stream {
    bytes: Vec<u8>,
    /// Byte of the source from which on formatting is switched off.
    pub off_from: Option<usize>,
    /// How far lines that begin now are indented.
    column: usize,
    step: usize,
    scopes: Vec<Scope>,
    anchors: Vec<Anchor>,
    /// In place of `column`, for as long as the end of something anchored is written.
    held: Option<usize>,
    /// Whether lines may end without a scope taking effect.
    frozen: bool,
    /// Whether nothing stands on the current line.
    fresh: bool,
    /// How far the last line with anything on it was indented.
    applied: usize,
}

impl Stream {
    /// An empty stream, into memory that was used before.
    pub fn new(mut bytes: Vec<u8>) -> Stream {
        bytes.clear();
        Stream {
            bytes,
            off_from: None,
            column: 0,
            step: STEP,
            scopes: Vec::new(),
            anchors: Vec::new(),
            held: None,
            frozen: false,
            fresh: true,
            applied: 0,
        }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    pub fn reserve(&mut self, n: usize) {
        self.bytes.reserve(n);
    }

    /// Text without line feeds.
    pub fn write(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.indent();
        if self.off_from.is_none() {
            self.bytes.extend_from_slice(text);
        }
    }
    /// Text that may end its line.
    pub fn write_ended(&mut self, text: &[u8]) {
        match text.strip_suffix(b"\n") {
            Some(text) => self.write_line(text),
            None => self.write(text),
        }
    }
    pub fn pad(&mut self, n: usize) {
        self.indent();
        if self.off_from.is_none() {
            self.bytes.resize(self.bytes.len() + n, b' ');
        }
    }
    /// A line of its own, or the rest of one, and the line feed after it.
    pub fn write_line(&mut self, text: &[u8]) {
        self.indent();
        self.newline_bytes(text);
    }
    fn newline_bytes(&mut self, text: &[u8]) {
        if self.off_from.is_none() {
            self.bytes.extend_from_slice(text);
            self.bytes.push(b'\n');
        }
        self.end_line();
    }
    pub fn newline(&mut self) {
        self.newline_bytes(b"");
    }
    /// A line feed, unless the line is empty.
    pub fn newline_unless_fresh(&mut self) {
        if !self.fresh {
            self.newline();
        }
    }
    /// Past all bookkeeping.
    pub fn raw(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
    }
    /// The author's own layout, less what no source may hold.
    pub fn raw_tidied(&mut self, text: &[u8]) {
        for b in text {
            match b {
                b'\t' => self.bytes.extend_from_slice(&[b' '; STEP]),
                b'\r' => {}
                b => self.bytes.push(*b),
            }
        }
    }

    fn indent(&mut self) {
        if self.fresh {
            let column = self.line_column();
            if column > 0 {
                if self.off_from.is_none() {
                    self.bytes.resize(self.bytes.len() + column, b' ');
                }
                self.applied = column;
            }
            self.fresh = false;
        }
    }

    /// How far a line that begins now is indented.
    pub fn line_column(&self) -> usize {
        self.held.unwrap_or(self.column)
    }
    /// Whether the current line is indented further than one that begins now would be.
    pub fn is_over_indented(&self) -> bool {
        !self.fresh && self.applied > self.line_column()
    }

    fn end_line(&mut self) {
        self.fresh = true;
        let Some(mut at) = self.scopes.len().checked_sub(1) else { return };
        if self.frozen {
            return;
        }
        let outer = |at: usize| at.checked_sub(1).and_then(|i| self.scopes.get(i));
        match self.scopes[at].why {
            Why::Operand if outer(at).is_some_and(|s| s.why == Why::Value && s.width > 0) => return,
            Why::Access => {
                while outer(at).is_some_and(|s| s.why == Why::Access) {
                    at -= 1;
                }
            }
            _ => {}
        }
        let scope = &mut self.scopes[at];
        if scope.width == 0 {
            scope.width = self.step;
            self.column += self.step;
        }
    }

    pub fn open(&mut self, why: Why) {
        self.scopes.push(Scope { why, width: 0 });
    }
    /// A scope that takes effect at once.
    pub fn open_now(&mut self) {
        self.scopes.push(Scope { why: Why::Plain, width: self.step });
        self.column += self.step;
    }
    pub fn close(&mut self) {
        if let Some(s) = self.scopes.pop() {
            self.column = self.column.saturating_sub(s.width);
        }
    }
    pub fn has_scopes(&self) -> bool {
        !self.scopes.is_empty()
    }
    /// Lines that end meanwhile let no scope take effect.
    pub fn freeze(&mut self, frozen: bool) {
        self.frozen = frozen;
    }
    /// By how much scopes indent that take effect from now on.
    pub fn set_step(&mut self, step: usize) {
        self.step = step;
    }

    /// Something begins here that ends with `end`.
    pub fn anchor(&mut self, end: Gap) {
        self.anchors.push(Anchor { end, column: self.column });
    }
    pub fn leave_anchor(&mut self) {
        self.anchors.pop();
    }
    /// Lines are indented to the innermost anchor, if that is what ends now.
    pub fn hold(&mut self, end: Gap) {
        if let Some(a) = self.anchors.last()
            && a.end == end
        {
            self.held = Some(a.column);
        }
    }
    pub fn release(&mut self) {
        self.held = None;
    }
    pub fn anchor_column(&self) -> usize {
        self.anchors.last().map_or(0, |a| a.column)
    }
}
