//! `libc`: where the system's C library lies, as a file of `key=value` lines that other tools of
//! the language read; or whether such a file is right.

use super::source::error_name;
use crate::{EXIT_USER, complain, print};
use std::ffi::OsString;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The keys in their order, with what they are.
const KEYS: [(&str, &str); 6] = [
    ("include_dir", "The directory of stdlib.h."),
    ("sys_include_dir", "The directory of sys/errno.h; often the same."),
    ("crt_dir", "The directory of crt1.o, with which programs begin."),
    ("msvc_lib_dir", "Only for Windows with MSVC: the directory of vcruntime.lib."),
    ("kernel32_lib_dir", "Only for Windows with MSVC: the directory of kernel32.lib."),
    ("gcc_dir", "Only for Haiku: the directory of crtbeginS.o."),
];

/// Prints the native paths, or validates a file of paths; gives the exit code.
pub(super) fn run(file: Option<&Path>) -> u8 {
    let Some(path) = file else {
        return match detect() {
            Ok(values) => print(&render(&values)),
            Err(why) => {
                complain(&format!("unable to detect native libc: {why}"));
                EXIT_USER
            }
        };
    };
    let wrong = match std::fs::read(path).map(|bytes| validate(&String::from_utf8_lossy(&bytes))) {
        Ok(Ok(())) => return 0,
        Ok(Err(what)) => {
            complain(&what);
            "ParseError".to_owned()
        }
        Err(e) => error_name(&e),
    };
    complain(&format!("unable to parse libc file at path {}: {wrong}", path.display()));
    EXIT_USER
}

fn render(values: &[String; 6]) -> String {
    let mut out = String::new();
    for (i, ((key, about), value)) in KEYS.iter().zip(values).enumerate() {
        let gap = if i == 0 { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{gap}# {about}\n{key}={value}");
    }
    out
}

/// What real Zig finds wrong in such a file first.
fn validate(text: &str) -> Result<(), String> {
    let mut values: [Option<&str>; 6] = [None; 6];
    for line in text.split('\n').filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let known = KEYS.iter().position(|(k, _)| *k == key);
        if let Some(slot) = known.and_then(|i| values.get_mut(i)) {
            *slot = Some(value);
        }
    }
    for ((key, _), value) in KEYS.iter().zip(values) {
        if value.is_none() {
            return Err(format!("missing field: {key}"));
        }
    }
    for ((key, _), value) in KEYS.iter().zip(values).take(3) {
        if value == Some("") {
            let whose = if *key == "crt_dir" { " for linux" } else { "" };
            return Err(format!("{key} may not be empty{whose}"));
        }
    }
    Ok(())
}

/// Asks the system's C compiler.
fn detect() -> Result<[String; 6], String> {
    let cc = std::env::var_os("CC").filter(|c| !c.is_empty()).unwrap_or_else(|| OsString::from("cc"));
    let ask = |args: &[&str]| {
        Command::new(&cc).args(args).stdin(Stdio::null()).env("LC_ALL", "C").output().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => "UnableToSpawnCCompiler".to_owned(),
            _ => e.to_string(),
        })
    };
    let said = ask(&["-E", "-Wp,-v", "-xc", "/dev/null"])?;
    if !said.status.success() {
        return Err("CCompilerExitCode".into());
    }
    // The directories that are searched for headers stand alone on lines that begin with a blank.
    let text = String::from_utf8_lossy(&said.stderr);
    let dirs: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix(' ')).collect();
    let with = |header: &str| dirs.iter().rev().find(|d| Path::new(d).join(header).exists()).copied();
    let include = with("stdlib.h").ok_or("LibCStdLibHeaderNotFound")?;
    let system = with("sys/errno.h").ok_or("LibCStdLibHeaderNotFound")?;
    let said = ask(&["-print-file-name=crt1.o"])?;
    let crt = PathBuf::from(String::from_utf8_lossy(&said.stdout).trim_end());
    // It gives the bare name back if there is no such file.
    let crt = crt.parent().filter(|d| !d.as_os_str().is_empty()).ok_or("LibCRuntimeNotFound")?;
    Ok([include.to_owned(), system.to_owned(), crt.display().to_string(), String::new(), String::new(), String::new()])
}
