//! From typed functions to the file at the output path.

use std::path::{Path, PathBuf};

use errmsg::Msg;
use link::{Image, ImageOptions, LinkError, ObjectBuilder, PublishError, Publisher, Source};
use rustc_hash::{FxHashMap, FxHashSet};
use sema::Sema;
use sema::diff::Moved;
use tir::Sym;

use crate::event::Counts;
use crate::lines::Lines;
use crate::options::{Optimize, Options, OutputKind};
use crate::pipeline::{Piece, Pipeline};

/// Why nothing was written; what was there is still there.
pub enum WriteError {
    /// Something the user can mend in the source.
    Messages(Vec<Msg>),
    /// The system refused: name and text.
    Io(String, String),
}

/// What the output is made of.
enum Form {
    /// Nothing: typed functions are dropped as they come.
    None,
    /// A program, updated in place.
    Image(Box<Image>),
    /// Objects, archives, shared objects: kept piece by piece, written as a whole.
    Object(FxHashMap<Sym, (String, Kept)>),
}

enum Kept {
    Func(codegen::Code),
    Data(tir::Data),
}

/// Machine code and output of one compilation.
pub struct Output {
    kind: OutputKind,
    pipeline: Pipeline,
    form: Form,
    lines: Lines,
    publisher: Option<Publisher>,
    exported: FxHashMap<String, Sym>,
    externs: FxHashSet<Sym>,
    emit: Option<PathBuf>,
    /// What machine code was made from, where that is verified.
    kept: Option<FxHashMap<Sym, sema::Output>>,
    /// Bytes of machine code brought into the form since they were last counted.
    code_bytes: u64,
    /// What the image had done when it was last counted.
    counted: (u64, u64),
    /// The first thing that went wrong since the pieces were last applied.
    fault: Option<String>,
}

impl Output {
    /// Prepares the output.
    pub fn new(o: &Options) -> Result<Output, Vec<Msg>> {
        let opt = match o.optimize {
            Optimize::Debug => codegen::OptLevel::Debug,
            Optimize::ReleaseSafe => codegen::OptLevel::ReleaseSafe,
            Optimize::ReleaseFast => codegen::OptLevel::ReleaseFast,
            Optimize::ReleaseSmall => codegen::OptLevel::ReleaseSmall,
        };
        let jobs = o.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()), |n| n.get());
        let pic = o.kind != OutputKind::Exe;
        let mut pipeline =
            Pipeline::new(codegen::Options { opt, pic }, jobs.saturating_sub(1)).map_err(|e| vec![Msg::plain(e)])?;
        pipeline.shuffle = o.shuffle.map(sema::Shuffle::new);
        let form = match o.kind {
            _ if o.emit.is_none() => Form::None,
            OutputKind::Exe => {
                Form::Image(Box::new(Image::new(ImageOptions { strip: o.strip, ..ImageOptions::default() })))
            }
            _ => Form::Object(FxHashMap::default()),
        };
        if let Some(p) = &o.emit {
            check_path(p)?;
        }
        Ok(Output {
            kind: o.kind,
            pipeline,
            form,
            lines: Lines::default(),
            publisher: None,
            exported: FxHashMap::default(),
            externs: FxHashSet::default(),
            emit: o.emit.clone(),
            kept: o.verify_incremental.then(FxHashMap::default),
            code_bytes: 0,
            counted: (0, 0),
            fault: None,
        })
    }

    /// Takes one output of semantics, and into the output's form whatever is ready of what came before.
    pub fn push(&mut self, o: sema::Output, sema: &Sema) {
        self.queue(o);
        self.take_ready(sema);
    }

    /// Takes one output of semantics; the output's form stays as it is.
    pub fn queue(&mut self, o: sema::Output) {
        if let Some(kept) = &mut self.kept {
            match &o {
                sema::Output::Func { func, .. } => drop(kept.insert(func.sym, o.clone())),
                sema::Output::Data { data, .. } => drop(kept.insert(data.sym, o.clone())),
                sema::Output::Retire(s) => drop(kept.remove(s)),
            }
        }
        if !matches!(self.form, Form::None) {
            self.pipeline.push(o);
        }
    }

    /// What machine code was made from, by symbol, if that is kept.
    pub fn kept(&self) -> Option<&FxHashMap<Sym, sema::Output>> {
        self.kept.as_ref()
    }

    /// Waits for machine code.
    pub fn finish_code(&mut self) {
        self.pipeline.finish();
    }

    /// Adds what was done since the last call.
    pub fn count(&mut self, counts: &mut Counts) {
        counts.functions_compiled += std::mem::take(&mut self.pipeline.compiled);
        counts.code_bytes_written += std::mem::take(&mut self.code_bytes);
        if let Form::Image(image) = &self.form {
            let now = image.work();
            counts.slots_written += now.0 - self.counted.0;
            counts.references_patched += now.1 - self.counted.1;
            self.counted = now;
        }
    }

    /// Keeps what is made: nothing is written to the output path.
    pub fn keep(&mut self) {
        self.emit = None;
    }

    /// The program, if that is the output.
    pub fn image(&self) -> Option<&Image> {
        match &self.form {
            Form::Image(i) => Some(i),
            _ => None,
        }
    }

    /// Whether what lies at the output path is the program.
    pub fn check_published(&self) -> Result<(), String> {
        match (&self.form, &self.publisher) {
            (Form::Image(i), Some(p)) => p.check(i.bytes()),
            _ => Ok(()),
        }
    }

    /// See [`Lines::check`].
    pub fn check_lines(&self, sema: &Sema) -> Result<(), (Sym, String, String)> {
        match &self.form {
            Form::Image(i) => self.lines.check(sema, i),
            _ => Ok(()),
        }
    }

    /// Gives the program debug information, unless it is stripped.
    pub fn set_source(&mut self, source: Source) {
        if let Form::Image(i) = &mut self.form {
            i.set_source(source);
        }
    }

    /// Brings the pieces that are ready into the output's form.
    fn take_ready(&mut self, sema: &Sema) {
        while let Some(p) = self.pipeline.next() {
            if let Piece::Func(_, _, Ok(code)) = &p {
                self.code_bytes += code.bytes.len() as u64;
            }
            let r = match (&mut self.form, p) {
                (Form::None, _) => Ok(()),
                (_, Piece::Func(_, name, Err(e))) => Err(format!("no machine code for '{name}': {e}")),
                (Form::Image(i), Piece::Func(s, name, Ok(code))) => {
                    let r = i.set_func(s, &name, &code).map_err(|e| e.to_string());
                    if i.source_files().is_some() {
                        self.lines.take(s, &code, sema);
                    }
                    r
                }
                (Form::Image(i), Piece::Data(d, name)) => i.set_data(&d, &name).map_err(|e| e.to_string()),
                (Form::Image(i), Piece::Retire(s)) => {
                    i.retire(s);
                    self.lines.remove(s);
                    Ok(())
                }
                (Form::Object(o), Piece::Func(s, name, Ok(code))) => {
                    o.insert(s, (name, Kept::Func(code)));
                    Ok(())
                }
                (Form::Object(o), Piece::Data(d, name)) => {
                    o.insert(d.sym, (name, Kept::Data(d)));
                    Ok(())
                }
                (Form::Object(o), Piece::Retire(s)) => {
                    o.remove(&s);
                    Ok(())
                }
            };
            if let Err(e) = r {
                self.fault.get_or_insert(e);
            }
        }
    }

    /// Brings the rest of the pieces into the output's form, and lines in line with them and with what
    /// moved. An error is a fault of ours, after which the form is behind semantics and of no use.
    pub fn apply(&mut self, moved: &[Moved], sema: &Sema) -> Result<(), String> {
        self.take_ready(sema);
        if let Form::Image(i) = &mut self.form {
            self.lines.write_new(sema, i);
            self.lines.follow(moved, sema, i);
        }
        let names = self.apply_names(sema).map_err(|e| e.to_string());
        self.fault.take().map_or(names, Err)
    }

    /// Exports and names defined elsewhere.
    fn apply_names(&mut self, sema: &Sema) -> Result<(), LinkError> {
        if matches!(self.form, Form::None) {
            return Ok(());
        }
        let exports: FxHashMap<String, Sym> = sema.exports().into_iter().map(|(n, s)| (sema.text(n), s)).collect();
        if let Form::Image(image) = &mut self.form {
            let mut gone: Vec<&String> =
                self.exported.iter().filter(|(n, s)| exports.get(*n) != Some(s)).map(|(n, _)| n).collect();
            gone.sort();
            for n in gone {
                image.remove_export(n)?;
            }
            let mut new: Vec<(&String, &Sym)> =
                exports.iter().filter(|(n, s)| self.exported.get(*n) != Some(s)).collect();
            new.sort();
            for (n, s) in new {
                image.set_export(n, *s)?;
            }
            for (sym, name) in sema.extern_syms() {
                if self.externs.insert(sym) {
                    image.set_extern(sym, &sema.text(name))?;
                }
            }
            if let Some(e) = exports.get("_start") {
                image.set_entry(*e)?;
            }
        }
        self.exported = exports;
        Ok(())
    }

    /// Writes the output. The number of bytes written.
    pub fn write(&mut self, o: &Options, sema: &Sema) -> Result<u64, WriteError> {
        match &mut self.form {
            Form::None => Ok(0),
            Form::Image(image) => {
                let finished = image.finish().map_err(|e| match e {
                    LinkError::Undefined(names) => WriteError::Messages(
                        names.iter().map(|n| Msg::plain(format!("undefined symbol: {n}"))).collect(),
                    ),
                    e => WriteError::Messages(vec![Msg::plain(e.to_string())]),
                })?;
                let Some(path) = &self.emit else { return Ok(0) };
                if self.publisher.is_none() {
                    self.publisher = Some(Publisher::new(path).map_err(publish_error)?);
                }
                let Some(p) = &mut self.publisher else { return Ok(0) };
                match p.publish(finished.bytes, &finished.dirty).map_err(publish_error)? {
                    link::Published::Unchanged => Ok(0),
                    link::Published::Exchanged(n) | link::Published::Renamed(n) => Ok(n),
                }
            }
            Form::Object(pieces) => {
                let mut b = ObjectBuilder::new();
                let mut order: Vec<&Sym> = pieces.keys().collect();
                order.sort();
                for s in order {
                    match pieces.get(s) {
                        Some((name, Kept::Func(code))) => b.add_func(*s, name, code),
                        Some((name, Kept::Data(d))) => b.add_data(d, name),
                        None => {}
                    }
                }
                for (sym, name) in sema.extern_syms() {
                    b.set_extern(sym, &sema.text(name));
                }
                let mut names: Vec<(&String, &Sym)> = self.exported.iter().collect();
                names.sort();
                for (n, s) in names {
                    b.set_export(n, *s);
                }
                let link = |e: LinkError| WriteError::Messages(vec![Msg::plain(e.to_string())]);
                let object = b.finish().map_err(link)?;
                let Some(path) = &self.emit else { return Ok(0) };
                match self.kind {
                    OutputKind::StaticLib => {
                        let name = format!("{}.o", o.name);
                        let bytes = link::archive::write(&[link::archive::Member { name: &name, bytes: &object }])
                            .map_err(link)?;
                        link::write_file(path, &bytes, false).map_err(publish_error)?;
                        Ok(bytes.len() as u64)
                    }
                    OutputKind::DynamicLib => {
                        let dir = tempfile::tempdir().map_err(|e| WriteError::Io("TempDir".into(), e.to_string()))?;
                        let obj = dir.path().join("object.o");
                        link::write_file(&obj, &object, false).map_err(publish_error)?;
                        link::system::link(link::system::Output::Shared, &[&obj], path, &[]).map_err(link)?;
                        Ok(object.len() as u64)
                    }
                    _ => {
                        link::write_file(path, &object, false).map_err(publish_error)?;
                        Ok(object.len() as u64)
                    }
                }
            }
        }
    }

    /// Removes what lies beside the output.
    pub fn close(&mut self) {
        self.publisher = None;
    }

    /// Gives back what only a build with much to do needs.
    pub fn rest(&mut self) {
        self.pipeline.rest();
    }

    /// Work for when there is time: spare files for the next publishing.
    /// Gives up when `stop` says so.
    pub fn idle(&mut self, stop: &dyn Fn() -> bool) {
        if let (Form::Image(i), Some(p)) = (&self.form, &mut self.publisher) {
            p.refill(i.bytes(), stop);
        }
    }
}

/// An output path that can never be written is refused before any work is done.
fn check_path(p: &Path) -> Result<(), Vec<Msg>> {
    if p.is_dir() {
        return Err(vec![Msg::cli(p.display().to_string(), "output path is a directory")]);
    }
    Ok(())
}

fn publish_error(e: PublishError) -> WriteError {
    let name = match &e {
        PublishError::Io(_, io) => crate::reading::error_name(io).to_string(),
        PublishError::IsDirectory(_) => "IsDir".into(),
        PublishError::NotRegular(_) => "NotRegularFile".into(),
    };
    WriteError::Io(name, e.to_string())
}
