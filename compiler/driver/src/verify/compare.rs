//! What two compilations of one text came to, compared.

use errmsg::{Msg, Place, Span};
use rustc_hash::FxHashMap;
use sema::verify::Canon;
use tir::Sym;

use super::{CameTo, Difference};
use crate::compilation::Compilation;

pub(super) type Same = Result<(), Box<Difference>>;

/// A function or data object: canonical name, hash of its canonical form, symbol.
type Item = (String, u64, Sym);

impl Compilation {
    /// Compares with a clean build, coarse things first.
    pub(super) fn compare(&self, came_to: &CameTo, clean: &Compilation) -> Same {
        let Some(clean_came_to) = clean.verifying.as_ref().and_then(|v| v.came_to.as_ref()) else { return Ok(()) };
        compare_messages(came_to, clean_came_to)?;
        if !self.file_errors().is_empty() {
            // Semantics are as they were before the files broke.
            return Ok(());
        }
        same_lists("compile log", &self.log_lines(), &clean.log_lines())?;
        let (ours, theirs) = (Canon::new(&self.sema), Canon::new(&clean.sema));
        same_lists("exports", &self.exports(&ours), &clean.exports(&theirs))?;
        let items = self.items(&ours);
        self.compare_code(&ours, &items, clean, &theirs)?;
        if matches!(came_to, CameTo::Good) {
            self.compare_kept(&ours, &items)?;
            self.output.check_lines(&self.sema).map_err(|(sym, updated, clean)| {
                Difference::new(format!("lines of '{}' are not the same", ours.sym(sym)), &updated, &clean)
            })?;
            self.compare_images(&ours, clean, &theirs)?;
        }
        Ok(())
    }

    /// Exported names and what they stand for.
    fn exports(&self, canon: &Canon<'_>) -> Vec<String> {
        let one = |(name, sym)| format!("{} is {}", self.sema.text(name), canon.sym(sym));
        let mut all: Vec<String> = self.sema.exports().into_iter().map(one).collect();
        all.sort();
        all
    }

    /// The functions and data that semantics hold, as they were last handed on; in the order of names.
    fn items(&self, canon: &Canon<'_>) -> Vec<Item> {
        let kept = self.output.kept();
        let hash = |s: &Sym| kept.and_then(|k| k.get(s)).map_or(0, |o| canon.form(o).hash());
        let live = self.sema.live_symbols();
        let mut all: Vec<Item> = live.into_iter().map(|s| (canon.sym(s).to_string(), hash(&s), s)).collect();
        all.sort();
        all
    }

    fn compare_code(&self, ours: &Canon<'_>, items: &[Item], clean: &Compilation, theirs: &Canon<'_>) -> Same {
        let clean_items = clean.items(theirs);
        let names = |items: &[Item]| items.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        same_lists("functions and data", &names(items), &names(&clean_items))?;
        for (x, y) in items.iter().zip(&clean_items) {
            if x.1 != y.1 {
                let text = |c: &Compilation, canon: &Canon<'_>, sym| {
                    let kept = c.output.kept().and_then(|k| k.get(&sym));
                    kept.map_or("was never handed on".into(), |o| canon.form(o).text())
                };
                let what = format!("'{}' is not the same", x.0);
                return Err(Difference::new(what, &text(self, ours, x.2), &text(clean, theirs, y.2)));
            }
        }
        Ok(())
    }

    /// What was handed on and not taken back is what is live, once nothing fails.
    fn compare_kept(&self, canon: &Canon<'_>, items: &[Item]) -> Same {
        let Some(kept) = self.output.kept() else { return Ok(()) };
        let mut live: Vec<Sym> = items.iter().map(|f| f.2).collect();
        live.sort_unstable();
        let dead = kept.keys().filter(|s| live.binary_search(s).is_err());
        let mut dead: Vec<String> = dead.map(|&s| canon.sym(s).to_string()).collect();
        dead.sort();
        match dead.first() {
            Some(first) => {
                let what = format!("the program still holds '{first}', which nothing needs");
                Err(Difference::new(what, &dead.join("\n"), ""))
            }
            None => Ok(()),
        }
    }
}

fn compare_messages(ours: &CameTo, theirs: &CameTo) -> Same {
    let list = |c: &CameTo| match c {
        CameTo::Good => Vec::new(),
        CameTo::Messages(msgs) => msgs.iter().map(message_text).collect(),
        CameTo::Error(name, text) => vec![format!("{name}: {text}")],
    };
    same_lists("messages", &list(ours), &list(theirs))
}

/// Compares two lists; the first element that only one of them has is named.
pub(super) fn same_lists(what: &str, ours: &[String], theirs: &[String]) -> Same {
    if ours == theirs {
        return Ok(());
    }
    let mut count: FxHashMap<&str, i32> = FxHashMap::default();
    ours.iter().for_each(|x| *count.entry(x).or_default() += 1);
    theirs.iter().for_each(|x| *count.entry(x).or_default() -= 1);
    let line = |s: &str| s.lines().next().unwrap_or_default().to_owned();
    let first = |xs: &[String], sign: i32| {
        xs.iter().find(|x| count.get(x.as_str()).is_some_and(|c| c.signum() == sign)).map(|x| line(x))
    };
    let what = match (first(ours, 1), first(theirs, -1)) {
        (Some(a), Some(b)) => format!("{what}: '{a}' where a clean build has '{b}'"),
        (Some(a), None) => format!("{what}: '{a}' is too many"),
        (None, Some(b)) => format!("{what}: '{b}' is missing"),
        (None, None) => format!("{what}: not in the same order"),
    };
    Err(Difference::new(what, &ours.join("\n"), &theirs.join("\n")))
}

/// Messages in full, but for their sources' text.
pub(super) fn messages_text(msgs: &[Msg]) -> String {
    msgs.iter().map(message_text).collect::<Vec<_>>().join("\n")
}

fn message_text(m: &Msg) -> String {
    let mut out = format!("{}: {}: {}", place_text(&m.place), m.kind.word(), m.text);
    for n in &m.notes {
        out += &format!("\n  {}: note: {}", place_text(&n.place), n.text);
    }
    for r in &m.trace {
        out += &format!("\n  referenced by {}: {}", r.name, span_text(&r.span));
    }
    if m.hidden_refs > 0 {
        out += &format!("\n  {} more references", m.hidden_refs);
    }
    out
}

fn place_text(p: &Place) -> String {
    match (p.span(), p.path()) {
        (Some(span), _) => span_text(span),
        (None, Some(path)) => path.to_owned(),
        (None, None) => "-".into(),
    }
}

fn span_text(s: &Span) -> String {
    let pos = s.pos();
    format!("{}:{}:{} ({}..{})", s.source.path(), pos.line, pos.column, s.start, s.end)
}
