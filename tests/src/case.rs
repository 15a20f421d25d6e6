//! A fixture on disk: its files, and the manifest in the trailing comment of its main file.
//!
//! The manifest is cut off before any compiler sees the file, so that a message at the end of the
//! file has the same place however many lines the expectation has.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Checked;

/// One `run`, `error` or `syntax` fixture.
#[derive(Debug, Clone)]
pub struct Case {
    /// The fixture's name: its file name without `.zig`, or its directory's name.
    pub name: String,
    /// The file that carries the manifest.
    pub main: PathBuf,
    /// The files of the program, relative names first, `main.zig` without its manifest.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What is expected.
    pub manifest: Manifest,
}

/// The trailing comment: settings, then the expected text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `key=value` lines in the order of the file.
    pub settings: Vec<(String, String)>,
    /// The lines after the empty comment line.
    pub body: Vec<String>,
}

impl Manifest {
    /// The value of the last setting called `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// The comment block as it stands in the file.
    pub fn render(&self, kind: &str) -> String {
        let mut text = format!("// {kind}\n");
        for (key, value) in &self.settings {
            text.push_str(&format!("// {key}={value}\n"));
        }
        if !self.body.is_empty() {
            text.push_str("//\n");
        }
        for line in &self.body {
            text.push_str(if line.is_empty() { "//" } else { "// " });
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    fn parse(text: &str) -> Checked<Manifest> {
        let mut manifest = Manifest::default();
        let mut lines = text.lines().skip(1);
        for line in lines.by_ref() {
            if line.trim_end() == "//" {
                break;
            }
            let setting = line.strip_prefix("// ").and_then(|l| l.split_once('='));
            let Some((key, value)) = setting else {
                return Err(format!("not a `// key=value` line in the manifest: {line}"));
            };
            manifest.settings.push((key.to_owned(), value.to_owned()));
        }
        for line in lines {
            let Some(rest) = line.strip_prefix("//") else {
                return Err(format!("not a comment in the manifest: {line}"));
            };
            manifest.body.push(rest.strip_prefix(' ').unwrap_or(rest).to_owned());
        }
        Ok(manifest)
    }
}

/// All cases of `fixtures/<kind>`, in the order of their names.
pub fn load_all(fixtures: &Path, kind: &str) -> Checked<Vec<Case>> {
    let dir = fixtures.join(kind);
    let mut cases = Vec::new();
    for path in entries(&dir)? {
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            cases.push(load(name, &path.join("main.zig"), Some(&path), kind)?);
        } else if path.extension().is_some_and(|e| e == "zig") {
            cases.push(load(name, &path, None, kind)?);
        }
    }
    Ok(cases)
}

/// Replaces the manifest of a case's main file.
pub fn write_manifest(case: &Case, kind: &str, manifest: &Manifest) -> Checked {
    let mut bytes = source(case).to_vec();
    bytes.extend_from_slice(manifest.render(kind).as_bytes());
    fs::write(&case.main, bytes).map_err(|e| format!("{}: {e}", case.main.display()))
}

/// The main file as the compilers see it.
pub fn source(case: &Case) -> &[u8] {
    case.files.iter().find(|(name, _)| name == Path::new("main.zig")).map(|(_, b)| b.as_slice()).unwrap_or_default()
}

/// Puts the files of a program into `dir`.
pub fn unpack(case: &Case, dir: &Path) -> Checked {
    for (name, bytes) in &case.files {
        write_file(&dir.join(name), bytes)?;
    }
    Ok(())
}

/// Writes a file and the directories above it.
pub fn write_file(path: &Path, bytes: &[u8]) -> Checked {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// The names in a directory, sorted.
pub fn entries(dir: &Path) -> Checked<Vec<PathBuf>> {
    let list = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut paths: Vec<PathBuf> = list.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    Ok(paths)
}

fn load(name: String, main: &Path, dir: Option<&Path>, kind: &str) -> Checked<Case> {
    let place = |e: String| format!("{}: {e}", main.display());
    let bytes = fs::read(main).map_err(|e| place(e.to_string()))?;
    let at = find_manifest(&bytes, kind).ok_or_else(|| place(format!("no `// {kind}` manifest at the end")))?;
    let (code, block) = bytes.split_at(at);
    let text = std::str::from_utf8(block).map_err(|e| place(e.to_string()))?;
    let manifest = Manifest::parse(text).map_err(place)?;
    let mut files = vec![(PathBuf::from("main.zig"), code.to_vec())];
    if let Some(dir) = dir {
        collect(dir, dir, &mut files)?;
    }
    Ok(Case { name, main: main.to_owned(), files, manifest })
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> Checked {
    for path in entries(dir)? {
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
        if name != Path::new("main.zig") {
            files.push((name, fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?));
        }
    }
    Ok(())
}

/// Where the manifest starts: the last line that is `// kind` alone.
fn find_manifest(bytes: &[u8], kind: &str) -> Option<usize> {
    let head = format!("// {kind}\n");
    let mut start = 0;
    let mut found = None;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        if line == head.as_bytes() {
            found = Some(start);
        }
        start += line.len();
    }
    found
}
