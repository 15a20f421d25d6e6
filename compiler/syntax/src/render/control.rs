//! Blocks, `if`, loops and `switch`.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Node, NodeId, Payload, Tok};
use crate::token::Kind;

impl Renderer<'_> {
    /// `label:` before something.
    fn label(&mut self, label: Option<Tok>) {
        if let Some(label) = label {
            let label = self.at(label);
            self.ident(label, Gap::None, Place::Label);
            self.token(label + 1, Gap::Space);
        }
    }

    pub(super) fn loop_marks(&mut self, label: Option<Tok>, inline: Option<Tok>) {
        self.label(label);
        if let Some(inline) = inline {
            self.token(self.at(inline), Gap::Space);
        }
    }

    pub(super) fn block(&mut self, label: Option<Tok>, lbrace: usize, stmts: &[NodeId], rbrace: usize, gap: Gap) {
        self.label(label);
        self.out.open(Why::Plain);
        if stmts.is_empty() {
            self.token(lbrace, Gap::None);
        } else {
            self.token(lbrace, Gap::Line);
            for (i, stmt) in stmts.iter().enumerate() {
                if i > 0 {
                    self.blank_line(self.first(*stmt));
                }
                self.out.anchor(Gap::Semicolon);
                self.expr(*stmt, Gap::Semicolon);
                self.out.leave_anchor();
            }
        }
        self.out.close();
        self.token(rbrace, gap);
    }

    /// `if (cond) |payload|` up to its last token, which is left to be written.
    pub(super) fn condition(&mut self, keyword: usize, cond: NodeId, payload: Option<Payload>) -> usize {
        self.token(keyword, Gap::Space);
        self.token(keyword + 1, Gap::None);
        self.expr(cond, Gap::None);
        let rparen = self.past(cond);
        let Some(p) = payload else { return rparen };
        self.token(rparen, Gap::Space);
        let name = self.at(p.name);
        let pipe = name - 1 - usize::from(p.ptr);
        self.tokens(pipe, name - pipe);
        self.ident(name, Gap::None, Place::Scope);
        name + 1
    }

    /// `for (inputs) |captures|` up to its last token, which is left to be written.
    pub(super) fn for_head(&mut self, keyword: usize, inputs: &[NodeId], captures: &[Payload]) -> usize {
        self.token(keyword, Gap::Space);
        self.args(keyword + 1, inputs, Gap::Space);
        let Some(first) = captures.first() else { return keyword };
        let pipe = self.at(first.name) - 1 - usize::from(first.ptr);
        let end = self.text.find(pipe + 1, Kind::Pipe);
        let broken = self.kind(end - 1) == Kind::Comma;
        let inner = if broken { Gap::Line } else { Gap::Space };
        if broken {
            self.out.open(Why::Plain);
            self.token(pipe, Gap::Line);
        } else {
            self.token(pipe, Gap::None);
        }
        for c in captures {
            let name = self.at(c.name);
            if c.ptr {
                self.token(name - 1, Gap::None);
            }
            self.ident(name, Gap::None, Place::Scope);
            if self.kind(name + 1) == Kind::Comma {
                self.token(name + 1, inner);
            }
        }
        if broken {
            self.out.close();
        }
        end
    }

    /// The branches of `if` and loops; `prefix` is the last token of the head, still unwritten,
    /// `els` the `else` token, the payload and the branch.
    pub(super) fn branches(
        &mut self,
        prefix: usize,
        then: NodeId,
        els: Option<(usize, Option<Tok>, NodeId)>,
        gap: Gap,
    ) {
        let is_block = |n: &Node<'_>| matches!(n, Node::Block { .. });
        let then_is_block = is_block(&self.ast().node(then));
        let below = !then_is_block && !self.text.same_line(prefix, self.first(then));
        if below {
            self.out.open(Why::Plain);
        }
        if then_is_block && self.out.is_over_indented() {
            // The head was broken: the block's brace goes below it.
            self.out.freeze(true);
            self.token(prefix, Gap::Line);
            self.out.freeze(false);
        } else {
            self.token(prefix, if below { Gap::Line } else { Gap::Space });
        }
        let Some((mut keyword, payload, els)) = els else {
            self.expr(then, gap);
            if below {
                self.out.close();
            }
            return;
        };
        self.expr(then, if below { Gap::Line } else { Gap::Space });
        if below {
            self.out.close();
        }
        if let Some(name) = payload {
            self.token(keyword, Gap::Space);
            let name = self.at(name);
            self.token(name - 1, Gap::None);
            self.ident(name, Gap::None, Place::Scope);
            keyword = name + 1;
        }
        let continues = matches!(
            self.ast().node(els),
            Node::Block { .. } | Node::If { .. } | Node::For { .. } | Node::While { .. } | Node::Switch { .. }
        );
        if below && !continues {
            self.out.open(Why::Plain);
            self.token(keyword, Gap::Line);
            self.expr(els, gap);
            self.out.close();
        } else {
            self.token(keyword, Gap::Space);
            self.expr(els, gap);
        }
    }

    pub(super) fn switch(
        &mut self,
        label: Option<Tok>,
        keyword: usize,
        (operand, cases): (NodeId, &[NodeId]),
        rbrace: usize,
        gap: Gap,
    ) {
        self.label(label);
        self.token(keyword, Gap::Space);
        self.token(keyword + 1, Gap::None);
        self.expr(operand, Gap::None);
        let rparen = self.past(operand);
        self.token(rparen, Gap::Space);
        self.out.open(Why::Plain);
        if cases.is_empty() {
            self.token(rparen + 1, Gap::None);
        } else {
            self.token(rparen + 1, Gap::Line);
            self.out.anchor(Gap::Comma);
            self.exprs_on_lines(cases);
            self.out.leave_anchor();
        }
        self.out.close();
        self.token(rbrace, gap);
    }

    /// One below the other, each with a comma, blank lines kept.
    fn exprs_on_lines(&mut self, nodes: &[NodeId]) {
        for (i, n) in nodes.iter().enumerate() {
            if i > 0 {
                self.blank_line(self.first(*n));
            }
            self.expr(*n, Gap::Comma);
        }
    }

    pub(super) fn switch_case(
        &mut self,
        arrow: usize,
        (inline, items): (Option<Tok>, &[NodeId]),
        (payload, tag): (Option<Payload>, Option<Tok>),
        body: NodeId,
        gap: Gap,
    ) {
        if let Some(inline) = inline {
            self.token(self.at(inline), Gap::Space);
        }
        match items.first() {
            None => self.token(arrow - 1, Gap::Space),
            Some(first) => {
                let broken = self.kind(arrow - 1) == Kind::Comma || self.text.has_comment(self.first(*first), arrow);
                if broken {
                    self.out.anchor(Gap::Comma);
                    self.exprs_on_lines(items);
                    self.out.leave_anchor();
                } else {
                    for item in items {
                        self.expr(*item, Gap::CommaSpace);
                    }
                }
            }
        }
        // A multi-line string begins a line by itself.
        let multiline = matches!(self.ast().node(body), Node::MultilineString { .. });
        let before_body = if multiline { Gap::None } else { Gap::Space };
        match payload {
            None => self.token(arrow, before_body),
            Some(p) => {
                self.token(arrow, Gap::Space);
                let name = self.at(p.name);
                let pipe = arrow + 1;
                self.tokens(pipe, name - pipe);
                self.ident(name, Gap::None, Place::Scope);
                let mut end = name + 1;
                if let Some(tag) = tag {
                    let tag = self.at(tag);
                    self.token(end, Gap::Space);
                    self.ident(tag, Gap::None, Place::Scope);
                    end = tag + 1;
                }
                self.token(end, before_body);
            }
        }
        self.expr(body, gap);
    }
}
