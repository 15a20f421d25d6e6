//! Initialisers of structs and arrays. The elements of an array that is broken over lines stand in
//! columns.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::{Stream, Why};
use crate::ast::{Node, NodeId};
use crate::token::Kind;

impl Renderer<'_> {
    /// The type before an initialiser, or its dot.
    pub(super) fn init_type(&mut self, ty: Option<NodeId>, lbrace: usize) {
        match ty {
            Some(ty) => self.expr(ty, Gap::None),
            None => self.token(lbrace - 1, Gap::None),
        }
    }

    fn empty_init(&mut self, lbrace: usize, gap: Gap) {
        self.out.open(Why::Plain);
        self.token(lbrace, Gap::None);
        self.out.close();
        self.token(lbrace + 1, gap);
    }

    pub(super) fn struct_init(&mut self, lbrace: usize, names: &[usize], values: &[NodeId], rbrace: usize, gap: Gap) {
        if values.is_empty() {
            return self.empty_init(lbrace, gap);
        }
        if self.kind(rbrace - 1) != Kind::Comma && !self.text.has_comment(lbrace, rbrace) {
            self.token(lbrace, Gap::Space);
            for (name, value) in names.iter().zip(values) {
                self.field_name(*name, Gap::Space);
                self.expr(*value, Gap::CommaSpace);
            }
            return self.token(rbrace, gap);
        }
        self.out.open(Why::Plain);
        self.token(lbrace, Gap::Line);
        for (i, (name, value)) in names.iter().zip(values).enumerate() {
            if i > 0 {
                self.blank_line(name - 1);
            }
            // A multi-line string begins a line by itself.
            let multiline = matches!(self.ast().node(*value), Node::MultilineString { .. });
            self.field_name(*name, if multiline { Gap::None } else { Gap::Space });
            self.out.anchor(Gap::Comma);
            self.expr(*value, Gap::Comma);
            self.out.leave_anchor();
        }
        self.out.close();
        self.token(rbrace, gap);
    }

    /// `.name =`
    fn field_name(&mut self, name: usize, gap: Gap) {
        self.token(name - 1, Gap::None);
        self.ident(name, Gap::Space, Place::Label);
        self.token(name + 1, gap);
    }

    pub(super) fn array_init(&mut self, lbrace: usize, elems: &[NodeId], gap: Gap) {
        let (Some(only), Some(last)) = (elems.first(), elems.last()) else {
            return self.empty_init(lbrace, gap);
        };
        let behind = self.past(*last);
        let trailing = self.kind(behind) == Kind::Comma;
        let rbrace = behind + usize::from(trailing);
        let multiline = self.text.has_kind(lbrace, rbrace, Kind::MultilineStringLine);
        let one = elems.len() == 1;
        let bare = one
            && !trailing
            && self.kind(self.first(*only)) != Kind::MultilineStringLine
            && !self.has_slash(behind - 1);
        if bare || (one && !trailing && !multiline && !self.text.has_comment(lbrace, rbrace)) {
            self.token(lbrace, Gap::None);
            self.expr(*only, Gap::None);
            return self.token(rbrace, gap);
        }
        if !trailing && !multiline && !self.text.has_comment(lbrace, rbrace) {
            self.token(lbrace, Gap::Space);
            for elem in elems {
                self.expr(*elem, Gap::CommaSpace);
            }
            return self.token(rbrace, gap);
        }
        self.out.open(Why::Plain);
        self.token(lbrace, Gap::Line);
        let mut rest = elems;
        while !rest.is_empty() {
            let row = self.row_length(rest, rbrace);
            let n = self.section_length(rest, rbrace).clamp(1, rest.len());
            let (section, others) = rest.split_at(n);
            self.section(section, row);
            rest = others;
        }
        self.out.close();
        self.token(rbrace, gap);
    }

    /// Whether a slash is in a token or behind it: only a hint of a comment.
    fn has_slash(&self, i: usize) -> bool {
        self.text.has_comment(i, i + 1) || self.text.lexeme(i).contains(&b'/')
    }

    /// How many of the elements stand on the line of the first.
    fn row_length(&self, elems: &[NodeId], rbrace: usize) -> usize {
        let Some(first) = elems.first() else { return 0 };
        if self.text.same_line(self.first(*first), rbrace) {
            return if self.kind(rbrace - 1) == Kind::Comma { 1 } else { elems.len() };
        }
        let breaks = |pair: &[NodeId]| !self.text.same_line(self.past(pair[0]), self.first(pair[1]));
        elems.windows(2).position(breaks).map_or(elems.len(), |i| i + 1)
    }

    /// How many of the elements share columns: those before the next line that ends in a comment,
    /// the first line aside.
    fn section_length(&self, elems: &[NodeId], rbrace: usize) -> usize {
        let Some(first) = elems.first() else { return 0 };
        let first = self.first(*first);
        let mut line_start = 0;
        let mut line_length = self.row_length(elems, rbrace);
        for (i, elem) in elems.iter().enumerate().skip(1) {
            let last = self.last(*elem);
            if self.text.same_line(first, last) {
                continue;
            }
            if !self.text.same_line(self.first(elems[line_start]), last) {
                line_start = i;
                line_length = self.row_length(&elems[i..], rbrace);
            }
            if self.kind(last + 1) == Kind::Comma && self.text.has_comment_behind(last + 1) {
                return (i + 1).saturating_sub(line_length);
            }
        }
        elems.len()
    }

    /// Elements in columns, `row` of them a line. Each is written apart first, to be measured.
    fn section(&mut self, elems: &[NodeId], row: usize) {
        let row = row.max(1);
        let outer = std::mem::replace(&mut self.out, Stream::new(Vec::new()));
        let mut starts = Vec::with_capacity(elems.len() + 1);
        let mut cells = Vec::with_capacity(elems.len());
        let mut columns = vec![0; row];
        let mut column = 0;
        let mut one_line = true;
        let mut any_broken = false;
        for (i, elem) in elems.iter().enumerate() {
            let start = self.out.bytes().len();
            starts.push(start);
            let next = elems.get(i + 1);
            self.expr(*elem, if next.is_some() { Gap::None } else { Gap::Comma });
            let written = self.out.bytes().get(start..).unwrap_or_default();
            // The last one has its comma and a line feed.
            let extra = if next.is_some() { 0 } else { 2 };
            let width = written.len().saturating_sub(extra);
            let body = written.len().saturating_sub(extra / 2);
            let broken = written.get(..body).unwrap_or_default().contains(&b'\n');
            any_broken |= broken;
            let stops = if next.is_some() { broken } else { any_broken };
            cells.push((width, stops));
            if stops {
                one_line &= next.is_none();
                column = 0;
                continue;
            }
            let widest = &mut columns[column % row];
            *widest = width.max(*widest);
            column += 1;
            if let Some(next) = next
                && !self.text.same_line(self.past(*elem), self.first(*next))
            {
                one_line = false;
            }
        }
        let cell_text = std::mem::replace(&mut self.out, outer).into_bytes();
        starts.push(cell_text.len());
        column = 0;
        for (i, elem) in elems.iter().enumerate() {
            let text = cell_text.get(starts[i]..starts[i + 1]).unwrap_or_default();
            let (width, broken) = cells[i];
            if broken {
                self.broken_cell(text);
            } else {
                self.out.write_ended(text);
            }
            let Some(next) = elems.get(i + 1) else { break };
            let comma = self.past(*elem);
            if column != row - 1 && !broken && !cells[i + 1].1 {
                self.token(comma, Gap::Space);
                self.out.pad(columns[column % row].saturating_sub(width));
                column += 1;
            } else if one_line && row != 1 {
                self.token(comma, Gap::Space);
            } else {
                column = 0;
                self.token(comma, Gap::Line);
                self.blank_line(self.first(*next));
            }
        }
    }

    /// An element of several lines, which get their indentation here.
    fn broken_cell(&mut self, text: &[u8]) {
        let mut lines = text.split(|b| *b == b'\n');
        self.out.write(lines.next().unwrap_or_default());
        let mut after_blank = false;
        for line in lines {
            if line.starts_with(b"//") && after_blank {
                self.out.newline();
            } else {
                self.out.newline_unless_fresh();
            }
            after_blank = line.is_empty();
            self.out.write(line);
        }
    }
}
