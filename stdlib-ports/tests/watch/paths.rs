//! Every way in which a path may come to lead elsewhere.

use crate::Case;
use crate::bed::{Bed, LONG, file_in};
use std::fs;
use std::os::unix::fs::symlink;
use stdlib_ports::fs::Event::{Changed, Removed};
use stdlib_ports::fs::Watch;

pub const CASES: &[Case] = &[
    ("missing_directories_appear_one_by_one", missing_directories_appear_one_by_one),
    ("directory_renamed_away_and_back", directory_renamed_away_and_back),
    ("directory_deleted_and_made_again", directory_deleted_and_made_again),
    ("directory_replaced_by_another", directory_replaced_by_another),
    ("many_directories_moved_away", many_directories_moved_away),
    ("symlink_and_its_target", symlink_and_its_target),
    ("symlinks_among_many_files", symlinks_among_many_files),
    ("symlinked_directory_is_redirected", symlinked_directory_is_redirected),
    ("circular_symlinks_end", circular_symlinks_end),
    ("a_touched_directory_hides_no_save", a_touched_directory_hides_no_save),
];

fn missing_directories_appear_one_by_one(bed: &Bed) {
    let w = bed.watch(&[("x/y/z/a", 1)]);
    fs::create_dir(bed.p("x")).unwrap();
    fs::create_dir(bed.p("other")).unwrap();
    missing_at_most(bed, &w);
    file_in(&bed.p("x/y/z"), "a", "1");
    bed.settles(&w, &[Changed(1)]);
    bed.write("x/y/z/a", "2");
    bed.expect(&w, &[Changed(1)]);
    fs::remove_dir_all(bed.p("x")).unwrap();
    bed.settles(&w, &[Removed(1)]);
    file_in(&bed.p("x/y/z"), "a", "3");
    bed.settles(&w, &[Changed(1)]);
    bed.write("x/y/z/a", "4");
    bed.expect(&w, &[Changed(1)]);
}

/// A file that is missing as before may be said to be missing, but nothing else.
fn missing_at_most(bed: &Bed, w: &Watch<u32>) {
    let events = w.wait(Some(bed.quiet()));
    assert!(events.is_empty() || events == [Removed(1)], "{events:?}");
}

fn directory_renamed_away_and_back(bed: &Bed) {
    file_in(&bed.p("p/src"), "a", "1");
    let w = bed.watch(&[("p/src/a", 1)]);
    // The directory's parent, so that the directory itself does not move within its own.
    fs::rename(bed.p("p"), bed.p("q")).unwrap();
    bed.settles(&w, &[Removed(1)]);
    // It is not our file while it is away.
    bed.write("q/src/a", "2");
    bed.silent(&w);
    fs::rename(bed.p("q"), bed.p("p")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    bed.write("p/src/a", "3");
    bed.expect(&w, &[Changed(1)]);
    // And the directory itself, away and back at once.
    fs::rename(bed.p("p/src"), bed.p("away")).unwrap();
    bed.write("away/a", "4");
    fs::rename(bed.p("away"), bed.p("p/src")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    bed.write("p/src/a", "5");
    bed.expect(&w, &[Changed(1)]);
}

fn directory_deleted_and_made_again(bed: &Bed) {
    file_in(&bed.p("d"), "a", "1");
    let w = bed.watch(&[("d/a", 1)]);
    for text in ["2", "3", "4"] {
        fs::remove_dir_all(bed.p("d")).unwrap();
        file_in(&bed.p("d"), "a", text);
        bed.settles(&w, &[Changed(1)]);
        bed.write("d/a", "x");
        bed.expect(&w, &[Changed(1)]);
    }
    fs::remove_dir_all(bed.p("d")).unwrap();
    bed.settles(&w, &[Removed(1)]);
    // Something else of that name.
    bed.write("d", "a file");
    missing_at_most(bed, &w);
    fs::remove_file(bed.p("d")).unwrap();
    file_in(&bed.p("d"), "a", "5");
    bed.settles(&w, &[Changed(1)]);
}

fn directory_replaced_by_another(bed: &Bed) {
    file_in(&bed.p("p"), "a", "1");
    file_in(&bed.p("new"), "a", "2");
    let w = bed.watch(&[("p/a", 1)]);
    fs::rename(bed.p("p"), bed.p("old")).unwrap();
    fs::rename(bed.p("new"), bed.p("p")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    bed.write("old/a", "3");
    bed.silent(&w);
    bed.write("p/a", "4");
    bed.expect(&w, &[Changed(1)]);
}

/// Watches of directories that cannot be found any more are got rid of, and nothing is missed then.
fn many_directories_moved_away(bed: &Bed) {
    let w = bed.watch(&[("d/a", 1)]);
    for round in 0..100 {
        file_in(&bed.p("d"), "a", &round.to_string());
        assert!(!w.wait(Some(crate::bed::LONG)).is_empty(), "round {round}: the file was missed");
        fs::rename(bed.p("d"), bed.p(&format!("moved{round}"))).unwrap();
        let mut gone = false;
        while !gone {
            let events = w.wait(Some(crate::bed::LONG));
            assert!(!events.is_empty(), "round {round}: the removal was missed");
            gone = events.iter().any(|e| matches!(e, Removed(1) | stdlib_ports::fs::Event::Rescan));
        }
    }
    while !w.wait(Some(bed.quiet())).is_empty() {}
    file_in(&bed.p("d"), "a", "last");
    bed.settles(&w, &[Changed(1)]);
    bed.write("d/a", "changed");
    bed.expect(&w, &[Changed(1)]);
    assert_eq!(w.describe(), bed.name());
}

fn symlink_and_its_target(bed: &Bed) {
    file_in(&bed.p("far/away"), "t", "1");
    file_in(&bed.p("near"), "other", "");
    bed.write("far/u", "1");
    symlink("../far/away/t", bed.p("near/a")).unwrap();
    let w = bed.watch(&[("near/a", 1)]);
    // The target is written, and replaced.
    bed.write("far/away/t", "2");
    bed.expect(&w, &[Changed(1)]);
    bed.write("tmp", "3");
    fs::rename(bed.p("tmp"), bed.p("far/away/t")).unwrap();
    bed.expect(&w, &[Changed(1)]);
    // The target's directory goes away and comes back.
    fs::rename(bed.p("far/away"), bed.p("far/gone")).unwrap();
    bed.settles(&w, &[Removed(1)]);
    fs::rename(bed.p("far/gone"), bed.p("far/away")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    // The link is redirected; the old target is nothing to us.
    symlink(bed.p("far/u"), bed.p("near/new")).unwrap();
    fs::rename(bed.p("near/new"), bed.p("near/a")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    bed.write("far/away/t", "4");
    bed.silent(&w);
    bed.write("far/u", "5");
    bed.expect(&w, &[Changed(1)]);
    // The link becomes a file.
    fs::remove_file(bed.p("near/a")).unwrap();
    bed.write("near/a", "6");
    bed.settles(&w, &[Changed(1)]);
    bed.write("far/u", "7");
    bed.silent(&w);
}

/// Which files are symlinks is known of all at once where there are many, and must not be believed
/// for longer than it is true.
fn symlinks_among_many_files(bed: &Bed) {
    let names: Vec<String> = (0..40).map(|i| format!("d/f{i}")).collect();
    for name in &names {
        file_in(&bed.p("d"), &name[2..], "1");
    }
    file_in(&bed.p("far"), "t", "1");
    let replace = |name: &str| {
        symlink("../far/t", bed.p("new")).unwrap();
        fs::rename(bed.p("new"), bed.p(name)).unwrap();
    };
    replace("d/f20");
    let list: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(0..).collect();
    let w = bed.watch(&list[..30]);
    bed.write("far/t", "2");
    bed.expect(&w, &[Changed(20)]);
    // One that is registered.
    replace("d/f3");
    bed.settles(&w, &[Changed(3)]);
    bed.write("far/t", "3");
    bed.settles(&w, &[Changed(3), Changed(20)]);
    // One that is not: the event may be read before or after its registration.
    for (name, value) in &list[30..] {
        replace(name);
        if value % 2 == 0 {
            bed.silent(&w);
        }
        w.add_file(&bed.p(name), *value);
        while !w.wait(Some(bed.quiet())).is_empty() {}
        bed.write("far/t", name);
        let mut seen = w.wait(Some(LONG));
        while !seen.contains(&Changed(*value)) {
            let more = w.wait(Some(LONG));
            assert!(!more.is_empty(), "{name} is a symlink, and only {seen:?} came");
            seen.extend(more);
        }
        w.remove_file(&bed.p(name));
    }
}

fn symlinked_directory_is_redirected(bed: &Bed) {
    for v in ["v1", "v2"] {
        file_in(&bed.p(v), "a", v);
    }
    symlink("v1", bed.p("current")).unwrap();
    let w = bed.watch(&[("current/a", 1)]);
    symlink("v2", bed.p("next")).unwrap();
    fs::rename(bed.p("next"), bed.p("current")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    bed.write("v2/a", "x");
    bed.expect(&w, &[Changed(1)]);
    bed.write("v1/a", "x");
    bed.silent(&w);
}

fn circular_symlinks_end(bed: &Bed) {
    symlink("b", bed.p("a")).unwrap();
    symlink("a", bed.p("b")).unwrap();
    let w = bed.watch(&[("a", 1), ("a/x", 2)]);
    fs::remove_file(bed.p("b")).unwrap();
    bed.write("b", "1");
    bed.settles(&w, &[Changed(1), Removed(2)]);
}

/// Looking at a path again must not lose what happens in its directory meanwhile.
fn a_touched_directory_hides_no_save(bed: &Bed) {
    use std::os::unix::fs::PermissionsExt;
    file_in(&bed.p("d"), "a", "0");
    let w = bed.watch(&[("d/a", 1)]);
    for round in 1..20 {
        let mode = if round % 2 == 0 { 0o755 } else { 0o750 };
        fs::set_permissions(bed.p("d"), fs::Permissions::from_mode(mode)).unwrap();
        bed.write("d/a", &round.to_string());
        let mut seen = String::new();
        while seen != round.to_string() {
            assert!(!w.wait(Some(crate::bed::LONG)).is_empty(), "save {round} was missed");
            seen = fs::read_to_string(bed.p("d/a")).unwrap();
        }
    }
}
