//! `env` and `targets`: what this compiler is and what it builds for, in the language's object
//! notation and with the keys that its own compiler prints.

use crate::{EXIT_USER, LANGUAGE_VERSION, complain, print};
use std::fmt::Write;

/// The features of the one processor model, `x86_64`.
const FEATURES: [&str; 13] = [
    "64bit",
    "cmov",
    "cx8",
    "fxsr",
    "idivq_to_divl",
    "macrofusion",
    "mmx",
    "nopl",
    "slow_3ops_lea",
    "slow_incdec",
    "sse2",
    "vzeroupper",
    "x87",
];

/// `compiler env`
pub(super) fn env() -> u8 {
    let exe = std::env::current_exe().map(|p| p.display().to_string()).unwrap_or_default();
    let var = |name: &str| std::env::var(name).map_or("null".to_owned(), |v| format!("{v:?}"));
    let lib = match driver::library_dir() {
        Ok(dir) => dir,
        Err(e) => {
            complain(&format!("unable to unpack the library: {e}"));
            return EXIT_USER;
        }
    };
    let mut out = String::from(".{\n");
    let mut field = |name: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "    .{name} = {value:?},");
    };
    field("zig_exe", exe);
    field("lib_dir", lib.display().to_string());
    field("std_dir", lib.join("std").display().to_string());
    field("global_cache_dir", driver::cache_dir().display().to_string());
    field("version", LANGUAGE_VERSION.into());
    field("compiler_version", env!("CARGO_PKG_VERSION").into());
    field("target", "x86_64-linux-gnu".into());
    out.push_str("    .env = .{\n");
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "XDG_CACHE_HOME", "HOME", "CC"] {
        let _ = writeln!(out, "        .{name} = {},", var(name));
    }
    print(&(out + "    },\n}\n"))
}

fn list(out: &mut String, indent: usize, name: &str, items: &[&str]) {
    let pad = " ".repeat(indent);
    if items.is_empty() {
        let _ = writeln!(out, "{pad}.{name} = .{{}},");
        return;
    }
    let _ = writeln!(out, "{pad}.{name} = .{{");
    for item in items {
        let _ = writeln!(out, "{pad}    {item:?},");
    }
    let _ = writeln!(out, "{pad}}},");
}

/// `compiler targets`: no C library comes along, so that its lists are empty.
pub(super) fn targets() -> u8 {
    let mut out = String::from(".{\n");
    list(&mut out, 4, "arch", &["x86_64"]);
    list(&mut out, 4, "os", &["linux"]);
    list(&mut out, 4, "abi", &["none", "gnu", "musl"]);
    list(&mut out, 4, "libc", &[]);
    list(&mut out, 4, "glibc", &[]);
    out.push_str("    .cpus = .{\n        .x86_64 = .{\n");
    list(&mut out, 12, "x86_64", &FEATURES);
    out.push_str("        },\n    },\n    .cpu_features = .{\n");
    list(&mut out, 8, "x86_64", &FEATURES);
    out.push_str("    },\n    .native = .{\n        .triple = \"x86_64-linux-gnu\",\n        .cpu = .{\n");
    out.push_str("            .arch = \"x86_64\",\n            .name = \"x86_64\",\n");
    list(&mut out, 12, "features", &FEATURES);
    out.push_str("        },\n        .os = \"linux\",\n        .abi = \"gnu\",\n    },\n}\n");
    print(&out)
}
