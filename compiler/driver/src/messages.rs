//! From places of syntax and semantics to messages with source text.

use std::sync::Arc;

use errmsg::{Msg, Place as MsgPlace, Ref, Source, Span};
use sema::graph::UnitId;
use sema::unit::CompileLog;
use sema::{Place, SemaMsg};
use syntax::SyntaxError;

use crate::compilation::Compilation;
use crate::scope::{ImportTo, ScopeId};

impl Compilation {
    fn in_source(source: &Arc<Source>, start: u32, end: u32, main: u32) -> MsgPlace {
        MsgPlace::ScopeAndComp { scope: 0, span: Span::new(source, start, end, main) }
    }

    /// The first syntax error of a file.
    pub(crate) fn syntax_error(&self, e: &SyntaxError, source: &Arc<Source>) -> Msg {
        let mut m = Msg::error(e.text.clone(), Self::in_source(source, e.start, e.end, e.main));
        for (text, start, end) in &e.notes {
            m = m.note(text.clone(), Self::in_source(source, *start, *end, *start));
        }
        m
    }

    /// A file that could not be read.
    pub(crate) fn unreadable(&self, id: ScopeId, name: &str) -> Msg {
        let Some(s) = self.scopes.get(id) else { return Msg::plain(name) };
        let file = s.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if id == self.root {
            return Msg::cli(s.shown.clone(), format!("unable to load '{file}': {name}"));
        }
        let empty = Source::new(s.shown.clone(), Vec::<u8>::new());
        let text = format!("unable to load '{file}': {name}");
        let m = Msg::error(text, Self::in_source(&empty, 0, 0, 0));
        // The first import in source order of the first file that has one, in the order in which a build
        // from nothing comes upon files.
        for from in self.in_order_of_imports() {
            let Some(f) = self.scopes.get(from).filter(|f| f.is_whole()) else { continue };
            let import = f.imports.iter().find(|e| e.to == ImportTo::File(id));
            if let (Some(e), Some(src)) = (import, &f.source) {
                return m.note("file imported here", Self::in_source(src, e.span.0, e.span.1, e.span.0));
            }
        }
        m
    }

    /// Imports that leave the module's directory.
    pub(crate) fn outside_imports(&self, id: ScopeId) -> Vec<Msg> {
        let Some(s) = self.scopes.get(id).filter(|s| s.is_whole()) else { return Vec::new() };
        let Some(src) = &s.source else { return Vec::new() };
        s.imports
            .iter()
            .filter(|e| e.to == ImportTo::Outside)
            .map(|e| {
                Msg::error("import of file outside module path", Self::in_source(src, e.span.0, e.span.1, e.span.0))
            })
            .collect()
    }

    /// What the check of a file found.
    pub(crate) fn check_messages(&self, id: ScopeId) -> Vec<Msg> {
        let Some(s) = self.scopes.get(id) else { return Vec::new() };
        let (Some((tree, _)), Some(src)) = (&s.good, &s.source) else { return Vec::new() };
        let at = |byte: u32| {
            // The token that holds the byte is what is underlined.
            let (start, end) = tree.token_at(byte).unwrap_or((byte, byte));
            Self::in_source(src, start, end, byte)
        };
        s.check
            .messages
            .iter()
            .map(|m| {
                m.notes
                    .iter()
                    .fold(Msg::error(m.text.clone(), at(m.at)), |msg, (text, byte)| msg.note(text.clone(), at(*byte)))
            })
            .collect()
    }

    /// What live units have to say.
    pub(crate) fn semantic_messages(&self) -> Vec<Msg> {
        // With the unit that it is of, if it is of one.
        let mut msgs: Vec<(Msg, Option<UnitId>)> =
            self.sema.messages().map(|(u, m)| (self.resolve(m), Some(u))).collect();
        for &id in &self.with_findings {
            if self.scopes.get(id).is_some_and(|s| s.alive) {
                msgs.extend(self.check_messages(id).into_iter().map(|m| (m, None)));
            }
        }
        msgs.extend(self.sema.export_collisions().iter().map(|m| (self.resolve(m), None)));
        if msgs.is_empty() {
            msgs.extend(self.log_message());
        }
        if msgs.is_empty()
            && let Some((unit, member)) = self.sema.silent_failure()
        {
            let place = member.map_or(MsgPlace::Nowhere, |m| self.place(self.sema.name_place(m)));
            let unit = format!("{unit:?}");
            let unit = unit.split('(').next().unwrap_or_default();
            msgs.push((Msg::error(format!("internal error: analysis failed without a message ({unit})"), place), None));
        }
        msgs.sort_by(|(a, _), (b, _)| a.cmp_by_place(b));
        // Several instances of one text are told apart by what is said of them.
        for equals in msgs.chunk_by_mut(|(a, _), (b, _)| a.cmp_by_place(b).is_eq()) {
            if equals.len() > 1 {
                let spot = |p: &MsgPlace| (p.path().map(str::to_owned), at(p));
                equals.sort_by_cached_key(|(m, u)| {
                    let notes: Vec<_> = m.notes.iter().map(|n| (n.text.clone(), spot(&n.place))).collect();
                    let frames = u.map(|u| self.sema.trace(u)).unwrap_or_default();
                    let frames: Vec<_> = frames.into_iter().map(|f| (spot(&self.place(f.place)), f.name)).collect();
                    (notes, frames)
                });
            }
        }
        // Instances of one text say the same, each for itself.
        msgs.dedup_by(|(a, u), (b, v)| {
            (u == v || u.is_none() || v.is_none()) && a.cmp_by_place(b).is_eq() && a.notes.len() == b.notes.len()
        });
        let mut traced = false;
        msgs.into_iter()
            .map(|(m, u)| match u {
                // Unless asked for more, the first is enough: the others mostly have the same.
                Some(u) if !traced || self.options.reference_trace.is_some() => {
                    traced = true;
                    self.traced(m, u)
                }
                _ => m,
            })
            .collect()
    }

    /// The live compile logs in the order of the text; instances of one text in that of what first
    /// mentions them.
    fn logs(&self) -> Vec<(UnitId, Msg, &CompileLog)> {
        let mut logs: Vec<(UnitId, Msg, &CompileLog)> = (self.sema.compile_logs())
            .map(|(u, l)| (u, Msg::error("found compile log statement", self.place(l.place)), l))
            .collect();
        if logs.len() > 1 {
            logs.sort_by_cached_key(|(u, m, l)| {
                let spot = |p: &MsgPlace| (p.path().map(str::to_owned), at(p));
                let from = self.sema.trace(*u).into_iter().next().map(|f| spot(&self.place(f.place)));
                (spot(&m.place), from, l.lines.clone())
            });
        }
        logs
    }

    /// What the compile logs say, a line each.
    pub(crate) fn log_lines(&self) -> Vec<String> {
        self.logs().into_iter().flat_map(|(_, _, l)| l.lines.iter().cloned()).collect()
    }

    /// The error that compile logs are while there is no other.
    fn log_message(&self) -> Option<(Msg, Option<UnitId>)> {
        let mut logs = self.logs().into_iter();
        let (unit, first, _) = logs.next()?;
        let mut notes: Vec<(MsgPlace, u32)> = Vec::new();
        for (_, m, _) in logs {
            match notes.last_mut() {
                Some((p, n)) if p.path() == m.place.path() && at(p) == at(&m.place) => *n += 1,
                _ => notes.push((m.place, 1)),
            }
        }
        let msg = notes.into_iter().fold(first, |msg, (place, n)| match n {
            1 => msg.note("also here", place),
            n => msg.note(format!("also here ({n} times)"), place),
        });
        Some((msg, Some(unit)))
    }

    /// Adds what mentions the unit that a message is of.
    fn traced(&self, msg: Msg, unit: UnitId) -> Msg {
        const DEFAULT: u32 = 2;
        let most = self.options.reference_trace.unwrap_or(DEFAULT) as usize;
        if most == 0 {
            return msg;
        }
        let frames = self.sema.trace(unit);
        let all = frames.iter().filter(|f| !f.inlined).count();
        let mut shown = Vec::new();
        let mut rest = frames.into_iter().peekable();
        // Calls in place come along with the unit that they are in.
        while shown.len() < most && rest.peek().is_some() {
            for f in rest.by_ref() {
                let name = if f.inlined { format!("{} [inlined]", f.name) } else { f.name };
                if let Some(span) = self.place(f.place).span() {
                    shown.push(Ref { name, span: span.clone() });
                }
                if !f.inlined {
                    break;
                }
            }
        }
        let hidden = all.saturating_sub(shown.len()) as u32;
        msg.trace(shown, hidden)
    }

    fn resolve(&self, m: &SemaMsg) -> Msg {
        let mut out = Msg::error(m.text.clone(), self.place(m.place));
        for (i, note) in m.notes.iter().enumerate() {
            // Equal notes are shown once, with their number.
            if m.notes[..i].contains(note) {
                continue;
            }
            let (p, text) = note;
            let place = p.map_or(MsgPlace::Nowhere, |p| self.place(p));
            let text = match m.notes.iter().filter(|n| *n == note).count() {
                1 => text.clone(),
                n => format!("{text} ({n} times)"),
            };
            out = out.note(text, place);
        }
        out
    }

    fn place(&self, p: Place) -> MsgPlace {
        if let Some(c) = p.made_up_type() {
            return self.sema.made_up_places.get(&c).map_or(MsgPlace::Nowhere, |&p| self.place(p));
        }
        if let Some(file) = p.started_file(self.sema.files.len()) {
            let Some(src) = self.scopes.get(file).and_then(|s| s.source.as_ref()) else { return MsgPlace::Nowhere };
            let start = first_token(src.text());
            return Self::in_source(src, start, start, start);
        }
        let member = self.sema.member(p.member);
        let file = self.sema.site(member.site).file;
        let Some(s) = self.scopes.get(file) else { return MsgPlace::Nowhere };
        let (Some(tree), Some(src)) = (&self.sema.files[file.ix()].tree, &s.source) else { return MsgPlace::Nowhere };
        let (first, last) = p.range(&member.ast);
        let (start, _) = tree.span(member.ix, first);
        let (_, end) = tree.span(member.ix, last);
        let (main, main_end) = tree.span(member.ix, p.main);
        let main = main + p.offset;
        if p.offset > 0 {
            return Self::in_source(src, main, main_end.max(main), main);
        }
        Self::in_source(src, start.min(main), end.max(main_end), main)
    }
}

/// Where the first token of a file begins: behind blanks and comments, but those that document.
fn first_token(text: &[u8]) -> u32 {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let doc = rest.starts_with(b"//!") || (rest.starts_with(b"///") && !rest.starts_with(b"////"));
        if rest.starts_with(b"//") && !doc {
            at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        } else if rest.first().is_some_and(|b| b.is_ascii_whitespace()) {
            at += 1;
        } else {
            break;
        }
    }
    at as u32
}

/// The byte that a place points at.
fn at(p: &MsgPlace) -> Option<u32> {
    p.span().map(|s| s.main)
}
