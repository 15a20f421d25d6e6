//! Debug information of an image: DWARF 5, made so that an edit rewrites only what it concerns.
//!
//! - `.debug_info` is one compile unit that spans all code, with one record of fixed size for each
//!   function. Records are a table like that of symbols: free ones are entries of a kind that
//!   debuggers pass over.
//! - `.debug_line` is one line program. Each function has a sequence in a slot of its own, in which
//!   the line that it starts at is one operand of fixed width: a function that moved in its file
//!   costs a patch of that operand and of its record. What is free between sequences is filled
//!   with an operation that means nothing there.
//! - `.debug_str` and `.debug_line_str` are other names for the bytes of `.strtab`.
//!
//! Each record also says where its sequence is, so that the library's stack traces find it without
//! a search.

mod check;
mod info;
mod sequence;

pub use sequence::Row;

use crate::image::{Image, TEXT};
use crate::slots::{File, FreeLists, NO_FILE, Slot, align_up};
use crate::symtab::{Name, SymbolTable};
use info::{LineHeader, Record, UNIT};

/// Where the program comes from.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Source {
    /// Who compiled it.
    pub producer: String,
    /// Name of the root file.
    pub name: String,
    /// Absolute directories, to which the paths of files are relative; the first is the program's.
    pub dirs: Vec<String>,
}

/// The source places of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lines<'a> {
    /// The name that the function has where it is declared: a part of its symbol's name.
    pub own_name: &'a str,
    /// The file that declares it, as [`Image::add_source_file`] numbered it.
    pub file: u32,
    /// The line that it begins on, from 1.
    pub line: u32,
    /// Places by increasing code offset; each holds up to the next.
    pub rows: &'a [Row],
}

/// A range of the file that grows by moving to its end.
#[derive(Clone, Copy, Default)]
struct Region {
    off: u64,
    cap: u64,
}

impl Region {
    /// Makes room for `cap` bytes. What is new holds `fill`.
    fn grow(&mut self, cap: u64, fill: u8, file: &mut File) {
        let off = file.grow(cap, 64);
        file.copy(self.off, self.cap, off);
        // New bytes of the file are zero.
        if fill != 0 {
            file.fill(off + self.cap, cap.saturating_sub(self.cap), fill);
        }
        *self = Region { off, cap };
    }
}

/// Debug information under construction or update.
pub(crate) struct DebugInfo {
    source: Source,
    /// Where the texts of `source` are: producer, name, directories.
    texts: Vec<Name>,
    /// Source files: directory and where the name is.
    files: Vec<(u16, Name)>,
    abbrev: u64,
    info: Region,
    /// Header of the line program, with room for files, then the program.
    line: Region,
    /// Size of that header, and for how many files.
    line_header: u64,
    file_room: usize,
    /// Bytes of the line program in use, free slots among them.
    used: u64,
    free: FreeLists,
    free_records: Vec<u32>,
    /// The slot of each record's sequence, as an offset in the line program.
    slots: Vec<(u32, u32)>,
    /// Files were added.
    files_changed: bool,
    /// Section headers and the unit's header are not right any more.
    moved: bool,
    scratch: Vec<u8>,
}

/// Room for as many records at first.
const FIRST_RECORDS: u64 = 64;
/// Room for as many files at first.
const FIRST_FILES: usize = 16;
/// Room for a line program at first.
const FIRST_PROGRAM: u64 = 4096;

impl DebugInfo {
    pub(crate) fn new(source: Source, file: &mut File, table: &mut SymbolTable) -> DebugInfo {
        let abbrev = file.grow(info::ABBREV.len() as u64, 64);
        file.write(abbrev, info::ABBREV);
        let texts = [&source.producer, &source.name].into_iter().chain(&source.dirs);
        let texts = texts.map(|t| table.add_name(t, file)).collect();
        let mut d = DebugInfo {
            source,
            texts,
            files: Vec::new(),
            abbrev,
            info: Region::default(),
            line: Region::default(),
            line_header: 0,
            file_room: 0,
            used: 0,
            free: FreeLists::default(),
            free_records: Vec::new(),
            slots: Vec::new(),
            files_changed: true,
            moved: true,
            scratch: Vec::new(),
        };
        d.reserve_records(FIRST_RECORDS, file);
        d
    }

    fn reserve_records(&mut self, records: u64, file: &mut File) {
        let need = UNIT + records * Record::SIZE + 1;
        if need <= self.info.cap {
            return;
        }
        let old = self.info.cap.saturating_sub(UNIT + 1) / Record::SIZE;
        let records = records.max(old * 2);
        self.info.grow(UNIT + records * Record::SIZE + 1, 0, file);
        for i in old..records {
            file.write(self.info.off + UNIT + i * Record::SIZE, &Record::FREE);
        }
        self.moved = true;
    }

    /// Makes the line program at least `program` bytes long, behind a header for all files.
    fn reserve_program(&mut self, program: u64, file: &mut File) {
        let (old_header, old_program) = (self.line_header, self.line.cap - self.line_header);
        if old_header > 0 && self.files.len() <= self.file_room && program <= old_program {
            return;
        }
        let program = if program > old_program { program.max(old_program * 2).max(FIRST_PROGRAM) } else { old_program };
        if self.files.len() > self.file_room {
            self.file_room = (self.files.len() * 2).max(FIRST_FILES);
        }
        let header = self.header().len(self.file_room);
        let from = self.line.off + old_header;
        self.line = Region::default();
        self.line.grow(header + program, sequence::FILL, file);
        self.line_header = header;
        file.copy(from, old_program, self.line.off + header);
        self.files_changed = true;
        self.moved = true;
    }

    fn header(&self) -> LineHeader<'_> {
        LineHeader { dirs: self.texts.get(2..).unwrap_or_default(), files: &self.files }
    }

    fn record_off(&self, record: u32) -> u64 {
        self.info.off + UNIT + u64::from(record) * Record::SIZE
    }

    fn program_off(&self, at: u32) -> u64 {
        self.line.off + self.line_header + u64::from(at)
    }

    /// Bytes of the sequence in a slot and what fills it.
    fn slot_bytes<'f>(&self, record: u32, file: &'f File) -> &'f [u8] {
        let (at, cap) = self.slots.get(record as usize).copied().unwrap_or_default();
        let off = self.program_off(at) as usize;
        file.bytes.get(off..off + cap as usize).unwrap_or_default()
    }

    /// A slot for a sequence of `len` bytes: the record's own if it fits.
    fn place_sequence(&mut self, record: u32, len: u64, file: &mut File) -> (u32, u32) {
        let old = self.slots.get(record as usize).copied().unwrap_or_default();
        if u64::from(old.1) >= len {
            return old;
        }
        self.free_sequence(record, file);
        let need = align_up(len + len / 8, 16);
        let slot = match self.free.take(need, 1) {
            Some(s) => (s.addr as u32, s.cap as u32),
            None => {
                let at = self.used;
                self.used += need;
                self.reserve_program(self.used, file);
                (at as u32, need as u32)
            }
        };
        if self.slots.len() <= record as usize {
            self.slots.resize(record as usize + 1, (0, 0));
        }
        if let Some(s) = self.slots.get_mut(record as usize) {
            *s = slot;
        }
        slot
    }

    fn free_sequence(&mut self, record: u32, file: &mut File) {
        let Some(slot) = self.slots.get_mut(record as usize) else { return };
        let (at, cap) = std::mem::take(slot);
        if cap > 0 {
            file.fill(self.program_off(at), cap.into(), sequence::FILL);
            self.free.put(Slot { addr: u64::from(at), off: NO_FILE, cap: u64::from(cap), section: 0 });
        }
    }

    /// Forgets a function.
    pub(crate) fn remove(&mut self, record: u32, file: &mut File) {
        self.free_sequence(record, file);
        file.write(self.record_off(record), &Record::FREE);
        self.free_records.push(record);
    }

    /// Writes headers that are not right any more. `code` is the range of all code. Whether
    /// section headers have to be written, too.
    pub(crate) fn finish(&mut self, code: (u64, u64), layout_changed: bool, file: &mut File) -> bool {
        self.reserve_program(self.used.max(1), file);
        let moved = std::mem::take(&mut self.moved);
        if moved || layout_changed {
            let unit = info::unit(self.info.cap, &self.texts, code);
            file.write(self.info.off, &unit);
        }
        if std::mem::take(&mut self.files_changed) {
            let bytes = self.header().bytes(self.file_room, self.line.cap);
            file.write(self.line.off, &bytes);
        }
        moved
    }

    /// Offset and size of `.debug_info`, `.debug_abbrev` and `.debug_line`.
    pub(crate) fn sections(&self) -> [(u64, u64); 3] {
        [(self.info.off, self.info.cap), (self.abbrev, info::ABBREV.len() as u64), (self.line.off, self.line.cap)]
    }
}

impl Image {
    /// Gives the program debug information, unless it is stripped. To be called before anything is
    /// defined.
    pub fn set_source(&mut self, source: Source) {
        if !self.options.strip {
            self.debug = Some(DebugInfo::new(source, &mut self.file, &mut self.table));
            self.layout_changed = true;
        }
    }

    /// Makes the next source file known: the number of its directory in [`Source::dirs`], and its
    /// path there. Files are numbered from 0, which is the root file.
    pub fn add_source_file(&mut self, dir: usize, path: &str) {
        let Some(d) = &mut self.debug else { return };
        let dir = if dir < d.source.dirs.len() { dir } else { 0 };
        let name = self.table.add_name(path, &mut self.file);
        d.files.push((dir as u16, name));
        d.files_changed = true;
    }

    /// Number of source files made known.
    pub fn source_files(&self) -> Option<usize> {
        self.debug.as_ref().map(|d| d.files.len())
    }

    /// Makes room for `functions` more functions with `rows` places in all.
    pub fn reserve_lines(&mut self, functions: usize, rows: usize) {
        let Some(d) = &mut self.debug else { return };
        let records = d.slots.len().saturating_sub(d.free_records.len()) + functions;
        d.reserve_records(records as u64 * 9 / 8 + 16, &mut self.file);
        d.reserve_program(d.used + (functions * 80 + rows * 5) as u64, &mut self.file);
    }

    /// Gives a function that is defined its source places.
    pub fn set_lines(&mut self, sym: tir::Sym, lines: &Lines<'_>) {
        let Some(d) = &mut self.debug else { return };
        let Some(e) = self.entries.get_mut(crate::relocs::sym_id(sym).ix()) else { return };
        let Some(slot) = e.slot.filter(|_| usize::from(e.window) == TEXT) else { return };
        let record = match e.debug.checked_sub(1) {
            Some(r) => r,
            None => {
                let r = d.free_records.pop().unwrap_or(d.slots.len() as u32);
                if d.slots.len() <= r as usize {
                    d.slots.resize(r as usize + 1, (0, 0));
                }
                e.debug = r + 1;
                r
            }
        };
        d.reserve_records(d.slots.len() as u64, &mut self.file);
        let mut bytes = std::mem::take(&mut d.scratch);
        sequence::encode(&mut bytes, slot.addr, e.len, lines);
        let (at, cap) = d.place_sequence(record, bytes.len() as u64, &mut self.file);
        bytes.resize(cap as usize, sequence::FILL);
        self.file.update(d.program_off(at), &bytes);
        d.scratch = bytes;
        let own = e.name.rfind(lines.own_name).unwrap_or(0) as u32;
        let r = Record {
            name: e.stored_name.off + own,
            linkage_name: e.stored_name.off,
            low: slot.addr,
            len: e.len as u32,
            file: lines.file as u16,
            line: lines.line,
            sequence: at,
            external: false,
        };
        self.file.update(d.record_off(record), &r.bytes());
    }

    /// A function begins on another line of the same file now, and so all its places have moved.
    pub fn move_lines(&mut self, sym: tir::Sym, line: u32) {
        let Some(d) = &mut self.debug else { return };
        let Some(e) = self.entries.get(crate::relocs::sym_id(sym).ix()) else { return };
        let Some(record) = e.debug.checked_sub(1) else { return };
        let Some(&(at, cap)) = d.slots.get(record as usize) else { return };
        if cap > 0 {
            self.file.update(d.program_off(at) + sequence::BASE, &sequence::base(line));
            self.file.update(d.record_off(record) + Record::LINE, &line.to_le_bytes());
        }
    }

    /// File, first line and places of a function, read back from the image: for tests and for
    /// comparing images.
    pub fn lines(&self, sym: tir::Sym) -> Option<(u32, u32, Vec<Row>)> {
        let d = self.debug.as_ref()?;
        let e = self.entries.get(crate::relocs::sym_id(sym).ix())?;
        let record = e.debug.checked_sub(1)?;
        let off = d.record_off(record) as usize;
        let r = Record::parse(self.file.bytes.get(off..off + Record::SIZE as usize)?)?;
        let rows = sequence::decode(d.slot_bytes(record, &self.file))?;
        Some((u32::from(r.file), r.line, rows))
    }
}
