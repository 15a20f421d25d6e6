//! Lines and columns: which functions are not where they were in the text, or not laid out as they
//! were. Their code is the same; what debuggers and stack traces say of it is not.

use syntax::{MemberIx, MemberKind};

use super::Diff;
use crate::decl::{FileId, MemberId, SiteId};

/// A function that is in the text as it was, but not where it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The member.
    pub member: MemberId,
    /// The distances between its tokens are other ones, too, or it has changed: not only the line
    /// that it begins on.
    pub inside: bool,
}

impl Diff<'_> {
    /// Compares where a function was with where it is: member `mix` of the new tree.
    pub(super) fn compare_places(&mut self, id: MemberId, mix: MemberIx) {
        let m = self.s.member(id);
        let Some(old) = self.old_tree.as_deref() else { return };
        if !matches!(m.kind, MemberKind::Fn | MemberKind::Test) || m.ix.0 as usize >= old.members().len() {
            return;
        }
        let ((from, to), (new_from, new_to)) = (old.member_span(m.ix), self.tree.member_span(mix));
        let text = old.source().get(from as usize..to as usize);
        let same = text == self.tree.source().get(new_from as usize..new_to as usize);
        let (line, column) = old.line_column(from);
        let (new_line, new_column) = self.tree.line_column(new_from);
        let inside = !same || column != new_column;
        if inside || line != new_line {
            self.moved.push(Moved { member: id, inside });
        }
    }

    /// Compares a member and those around it: no other is elsewhere or looks otherwise.
    pub(super) fn compare_places_around(&mut self, file: FileId, innermost: Option<MemberIx>) {
        let mut at = innermost;
        while let Some(mix) = at {
            if let Some((_, id)) = self.held_as(file, mix) {
                self.compare_places(id, mix);
            }
            at = self.tree.container(self.tree.member(mix).container).owner.map(|(owner, _)| owner);
        }
    }

    /// Compares all functions of a site, and of those nested in it, whose numbers in the tree are
    /// what they were.
    pub(super) fn compare_all_places(&mut self, site: SiteId) {
        for i in 0..self.s.site(site).members.len() {
            let Some(&id) = self.s.site(site).members.get(i) else { continue };
            self.compare_places(id, self.s.member(id).ix);
            for n in 0..self.s.member(id).containers.len() {
                if let Some(&nested) = self.s.member(id).containers.get(n) {
                    self.compare_all_places(nested);
                }
            }
        }
    }
}
