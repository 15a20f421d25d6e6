//! The program: what an updated image contains, definition by definition, must be what an image made in one
//! go contains; and what lies at the output path must be that image.

use link::{Content, Image, Named};
use rustc_hash::FxHashMap;
use sema::verify::Canon;

use super::compare::{Same, same_lists};
use super::{Compilation, Difference};

impl Compilation {
    /// Compares the programs of two compilations that came to the same; nothing if there is none.
    pub(super) fn compare_images(&self, ours: &Canon<'_>, clean: &Compilation, theirs: &Canon<'_>) -> Same {
        let (Some(image), Some(clean_image)) = (self.output.image(), clean.output.image()) else { return Ok(()) };
        let fault = |what: String| Difference::new(format!("the program: {what}"), "", "");
        image.check().map_err(fault)?;
        clean_image.check().map_err(|what| fault(format!("(of the clean build) {what}")))?;
        self.output.check_published().map_err(fault)?;
        let ours = Side { image, canon: ours };
        let theirs = Side { image: clean_image, canon: theirs };
        same_lists("exports of the program", &ours.exports(), &theirs.exports())?;
        let (items, clean_items) = (ours.items(), theirs.items());
        let names = |items: &[(String, Content<'_>)]| items.iter().map(|i| i.0.clone()).collect::<Vec<_>>();
        same_lists("the program", &names(&items), &names(&clean_items))?;
        let files = FxHashMap::default();
        let mut pairs = Pairs { ours, theirs, files };
        match items.iter().zip(&clean_items).find(|(a, b)| !pairs.same(&a.1, &b.1)) {
            Some((a, b)) => {
                let what = format!("'{}' is not the same in the program", a.0);
                Err(Difference::new(what, &pairs.ours.text(&a.1), &pairs.theirs.text(&b.1)))
            }
            None => Ok(()),
        }
    }
}

/// An image with the names of what it contains.
#[derive(Clone, Copy)]
struct Side<'a> {
    image: &'a Image,
    canon: &'a Canon<'a>,
}

impl<'a> Side<'a> {
    fn name(&self, n: Named) -> String {
        match n {
            Named::Sym(s) => self.canon.sym(s).to_string(),
            Named::Routine(r) => format!("routine {r}"),
            Named::Start => "start".into(),
        }
    }

    fn exports(&self) -> Vec<String> {
        let mut all: Vec<String> = self.image.exports().map(|(n, s)| format!("{n} is {}", self.canon.sym(s))).collect();
        all.sort();
        all
    }

    /// What the image contains, in the order of names.
    fn items(&self) -> Vec<(String, Content<'a>)> {
        let mut all: Vec<_> = self.image.contents().into_iter().map(|c| (self.name(c.what), c)).collect();
        all.sort_by(|a, b| (&a.0, a.1.name, &a.1.bytes).cmp(&(&b.0, b.1.name, &b.1.bytes)));
        all
    }

    fn path(&self, n: u32) -> Option<(usize, &'a str)> {
        self.image.source_file(n)
    }

    /// A definition in full, for people.
    fn text(&self, c: &Content<'_>) -> String {
        let mut text = format!("{} in {}, {} bytes, aligned to {}\n", c.name, c.section, c.len, c.align);
        for line in c.bytes.chunks(16) {
            text += &line.iter().map(|b| format!(" {b:02x}")).collect::<String>();
            text.push('\n');
        }
        for r in &c.refs {
            text += &format!("{:#x}: {} {}{:+}\n", r.offset, r.kind, self.name(r.target), r.addend);
        }
        if let Named::Sym(s) = c.what
            && let Some((file, line, rows)) = self.image.lines(s)
        {
            text += &format!("{:?}:{line}\n", self.path(file));
            for r in rows {
                text += &format!("{:#x}: {:?}:{}:{}\n", r.offset, self.path(r.file), r.line, r.column);
            }
        }
        text
    }
}

/// Two images of one text.
struct Pairs<'a> {
    ours: Side<'a>,
    theirs: Side<'a>,
    /// Numbers of source files that were found to stand for the same one.
    files: FxHashMap<(u32, u32), bool>,
}

impl Pairs<'_> {
    fn same(&mut self, a: &Content<'_>, b: &Content<'_>) -> bool {
        let shape = |c: &Content<'_>| (c.section, c.len, c.align, c.refs.len());
        (a.name, shape(a), &a.bytes) == (b.name, shape(b), &b.bytes)
            && a.refs.iter().zip(&b.refs).all(|(r, s)| {
                (r.offset, r.kind, r.addend) == (s.offset, s.kind, s.addend)
                    && self.ours.name(r.target) == self.theirs.name(s.target)
            })
            && self.same_lines(a.what, b.what)
    }

    fn same_lines(&mut self, a: Named, b: Named) -> bool {
        let (Named::Sym(a), Named::Sym(b)) = (a, b) else { return true };
        match (self.ours.image.lines(a), self.theirs.image.lines(b)) {
            (Some((file, line, rows)), Some((clean_file, clean_line, clean_rows))) => {
                line == clean_line
                    && rows.len() == clean_rows.len()
                    && self.same_file(file, clean_file)
                    && rows.iter().zip(&clean_rows).all(|(r, s)| {
                        (r.offset, r.line, r.column) == (s.offset, s.line, s.column) && self.same_file(r.file, s.file)
                    })
            }
            (None, None) => true,
            _ => false,
        }
    }

    fn same_file(&mut self, a: u32, b: u32) -> bool {
        let (ours, theirs) = (self.ours, self.theirs);
        *self.files.entry((a, b)).or_insert_with(|| ours.path(a).is_some() && ours.path(a) == theirs.path(b))
    }
}
