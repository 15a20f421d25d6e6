//! One token and what follows it.

use super::Renderer;
use crate::token::Kind;

/// What follows a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    None,
    Space,
    Line,
    /// The source's comma, or a new one, and a line feed.
    Comma,
    /// The source's comma, if there is one, and a space.
    CommaSpace,
    /// The source's semicolon, if there is one, and a line feed.
    Semicolon,
}

impl Renderer<'_> {
    pub(super) fn kind(&self, i: usize) -> Kind {
        self.text.kind(i)
    }

    /// Writes a token, the comments behind it and the gap.
    pub(super) fn token(&mut self, i: usize, gap: Gap) {
        self.out.write(self.text.lexeme(i));
        self.after(i, gap);
    }

    /// Writes consecutive tokens without gaps; gives the one after them.
    pub(super) fn tokens(&mut self, from: usize, count: usize) -> usize {
        for i in from..from + count {
            self.token(i, Gap::None);
        }
        from + count
    }

    /// A token with the comma behind it, if the source has one.
    pub(super) fn token_and_comma(&mut self, i: usize, gap: Gap) {
        if self.kind(i + 1) == Kind::Comma && gap != Gap::Comma {
            self.token(i, Gap::None);
            self.token(i + 1, gap);
        } else {
            self.token(i, gap);
        }
    }

    /// What follows token `i`, which has been written.
    pub(super) fn after(&mut self, i: usize, gap: Gap) {
        let next = self.kind(i + 1);
        if gap == Gap::Comma && next != Kind::Comma {
            self.out.write(b",");
        }
        if matches!(gap, Gap::Comma | Gap::Semicolon) {
            self.out.hold(gap);
        }
        let comment = self.text.has_comment(i, i + 1) && {
            let from = self.text.start(i) + self.text.lexeme(i).len();
            self.comments(from, self.text.start(i + 1))
        };
        let absorbed = match gap {
            Gap::Comma | Gap::CommaSpace => next == Kind::Comma,
            Gap::Semicolon => next == Kind::Semicolon,
            _ => false,
        };
        match gap {
            Gap::CommaSpace if absorbed => self.token(i + 1, Gap::Space),
            _ if absorbed => self.token(i + 1, Gap::Line),
            // A comment has ended the line.
            Gap::None => {}
            _ if comment => {}
            Gap::Space | Gap::CommaSpace => self.out.write(b" "),
            Gap::Line | Gap::Comma | Gap::Semicolon => self.out.newline(),
        }
        self.out.release();
    }
}
