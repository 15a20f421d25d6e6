//! Generates the parser from `src/zig.lalrpop`; a conflict in the grammar fails the build.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    lalrpop::Configuration::new().use_cargo_dir_conventions().emit_rerun_directives(true).process()
}
