//! Projects as data: files by name, generated from the pieces in `tests/projects` or taken from the
//! fixtures. `main.zig` is the root.

use std::collections::BTreeMap;
use std::path::Path;

use super::random::Random;
use crate::{Checked, case, incremental};

/// The files of a project by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The pieces of which projects are made, with their names. In each, `_N` becomes a number of its own,
/// `A_` to `D_` small numbers, `K_` a number known at comptime that another piece declares.
const PIECES: &[(&str, &str)] = &[
    ("anytypes", include_str!("../../projects/anytypes.zig")),
    ("chain", include_str!("../../projects/chain.zig")),
    ("enums", include_str!("../../projects/enums.zig")),
    ("errors", include_str!("../../projects/errors.zig")),
    ("exports", include_str!("../../projects/exports.zig")),
    ("generics", include_str!("../../projects/generics.zig")),
    ("globals", include_str!("../../projects/globals.zig")),
    ("inlines", include_str!("../../projects/inlines.zig")),
    ("interface", include_str!("../../projects/interface.zig")),
    ("layouts", include_str!("../../projects/layouts.zig")),
    ("locals", include_str!("../../projects/locals.zig")),
    ("names", include_str!("../../projects/names.zig")),
    ("optionals", include_str!("../../projects/optionals.zig")),
    ("printing", include_str!("../../projects/printing.zig")),
    ("recursion", include_str!("../../projects/recursion.zig")),
    ("structs", include_str!("../../projects/structs.zig")),
    ("tables", include_str!("../../projects/tables.zig")),
    ("unions", include_str!("../../projects/unions.zig")),
];

/// A project of some pieces in a few files, linked through comptime numbers.
pub fn generate(random: &mut Random) -> Files {
    let count = 2 + random.below(5);
    let spread = 1 + random.below(4);
    let silent = random.one_in(3);
    let mut files = Files::new();
    let mut homes: Vec<usize> = Vec::new();
    for n in 0..count {
        let home = random.below(spread);
        let linked = match random.below(n + 1) {
            m if m == n => format!("{}", 1 + random.below(8)),
            m if homes.get(m) == Some(&home) => format!("k_{m}"),
            m => format!("@import(\"m{}.zig\").k_{m}", homes.get(m).copied().unwrap_or_default()),
        };
        let (_, text) = random.pick(PIECES).copied().unwrap_or_default();
        let mut text = text.replace("_N", &format!("_{n}")).replace("K_", &linked);
        for mark in ["A_", "B_", "C_", "D_"] {
            let low = if mark == "D_" { 3 } else { 1 };
            text = text.replace(mark, &format!("{}", low + random.below(8)));
        }
        let file = files.entry(format!("m{home}.zig")).or_default();
        let std = "const std = @import(\"std\");\n";
        if String::from_utf8_lossy(file).contains(std) {
            text = text.replace(std, "");
        }
        if !file.is_empty() {
            file.push(b'\n');
        }
        file.extend_from_slice(text.as_bytes());
        homes.push(home);
    }
    let mut main = String::from("const std = @import(\"std\");\n");
    let mut used = homes.clone();
    used.sort_unstable();
    used.dedup();
    for home in used {
        main.push_str(&format!("const m{home} = @import(\"m{home}.zig\");\n"));
    }
    main.push_str("\npub fn main() u8 {\n    var total: u32 = 1;\n");
    for (n, home) in homes.iter().enumerate() {
        main.push_str(&format!("    total = total *% 31 +% m{home}.k_{n} +% m{home}.run_{n}();\n"));
        if !silent {
            main.push_str(&format!("    std.debug.print(\"{n}: {{d}}\\n\", .{{total}});\n"));
        }
    }
    if silent {
        main = main.replace("const std = @import(\"std\");\n", "");
    }
    main.push_str("    return @truncate(total % 251);\n}\n");
    files.insert("main.zig".to_owned(), main.into_bytes());
    files
}

/// The projects of the fixtures: the programs of `run`, and every state of the `incremental` cases.
pub fn of_fixtures(fixtures: &Path) -> Checked<Vec<(String, Files)>> {
    let mut projects = Vec::new();
    let named = |files: &[(std::path::PathBuf, Vec<u8>)]| -> Files {
        files.iter().map(|(name, bytes)| (name.to_string_lossy().into_owned(), bytes.clone())).collect()
    };
    for case in case::load_all(fixtures, "run")? {
        projects.push((format!("run/{}", case.name), named(&case.files)));
    }
    for path in case::entries(&fixtures.join("incremental"))? {
        let scenario = incremental::load(&path)?;
        let states = incremental::states(&scenario);
        if let Some(first) = states.first() {
            projects.push((format!("incremental/{}", scenario.name), named(first)));
        }
    }
    Ok(projects)
}
