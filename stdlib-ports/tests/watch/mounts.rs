//! Mounts: file systems of several kinds, that come, go and change beneath a watch.

use crate::bed::{BACKENDS, Bed, LONG, POLL, file_in, until};
use crate::fuse::Remote;
use std::fs;
use std::process::Command;
use stdlib_ports::fs::Event::{Changed, Removed};
use stdlib_ports::fs::{Choice, Options, Watch};

pub fn shell(script: &str) {
    let status = Command::new("sh").args(["-ec", script]).status().unwrap();
    assert!(status.success(), "{script}");
}

pub fn a_mount_comes_and_goes() {
    for backend in BACKENDS {
        let bed = Bed::new(backend);
        fs::create_dir(bed.p("m")).unwrap();
        let at = bed.p("m").display().to_string();
        let w = bed.watch(&[("m/d/a", 1), ("b", 2)]);
        shell(&format!("mount -t tmpfs none {at}"));
        file_in(&bed.p("m/d"), "a", "1");
        bed.settles(&w, &[Changed(1)]);
        bed.write("m/d/a", "2");
        bed.expect(&w, &[Changed(1)]);
        // Nothing of ours keeps it busy, for longer than a look at a file takes.
        until("the end of the mount", || Command::new("umount").arg(&at).output().unwrap().status.success());
        bed.settles(&w, &[Removed(1)]);
        // What lies beneath it, and then another one over that.
        file_in(&bed.p("m/d"), "a", "beneath");
        bed.settles(&w, &[Changed(1)]);
        shell(&format!("mount -t tmpfs none {at} && mkdir {at}/d && echo x > {at}/d/a"));
        bed.settles(&w, &[Changed(1)]);
        bed.write("m/d/a", "3");
        bed.expect(&w, &[Changed(1)]);
        bed.write("b", "1");
        bed.expect(&w, &[Changed(2)]);
        drop(w);
        shell(&format!("umount {at}"));
    }
}

/// A toolchain that cannot be written to is watched like anything else, and by its own mount.
pub fn a_read_only_mount() {
    let bed = Bed::new(Choice::Auto);
    fs::create_dir(bed.p("m")).unwrap();
    let at = bed.p("m").display().to_string();
    shell(&format!("mount -t tmpfs none {at} && echo x > {at}/a && mount -o remount,ro {at}"));
    let w = bed.watch(&[("m/a", 1), ("b", 2)]);
    assert_eq!(w.describe(), "fanotify");
    bed.silent(&w);
    shell(&format!("mount -o remount,rw {at}"));
    bed.write("m/a", "y");
    assert_eq!(w.wait(Some(LONG)), [Changed(1)]);
}

/// Events come by whatever mount a save was made through.
pub fn a_bind_mount() {
    for backend in BACKENDS {
        let bed = Bed::new(backend);
        file_in(&bed.p("real/d"), "a", "1");
        fs::create_dir(bed.p("m")).unwrap();
        let (real, at) = (bed.p("real").display().to_string(), bed.p("m").display().to_string());
        shell(&format!("mount --bind {real} {at}"));
        let w = bed.watch(&[("m/d/a", 1)]);
        assert_eq!(w.describe(), bed.name());
        bed.write("m/d/a", "2");
        bed.expect(&w, &[Changed(1)]);
        bed.write("real/d/a", "3");
        bed.expect(&w, &[Changed(1)]);
        bed.write("real/d/new", "4");
        fs::rename(bed.p("real/d/new"), bed.p("real/d/a")).unwrap();
        bed.expect(&w, &[Changed(1)]);
        // Taken away although somebody is in it.
        let _held = fs::File::open(bed.p("m/d/a")).unwrap();
        shell(&format!("umount -l {at}"));
        bed.settles(&w, &[Removed(1)]);
        bed.write("real/d/a", "5");
        bed.silent(&w);
        file_in(&bed.p("m/d"), "a", "beneath");
        bed.settles(&w, &[Changed(1)]);
        if backend == Choice::Poll {
            // A file that is a mount by itself: the kernel tells of it only where it comes from.
            bed.write("m/single", "");
            shell(&format!("mount --bind {real}/d/a {at}/single"));
            let w = bed.watch(&[("m/single", 2)]);
            bed.write("real/d/a", "6");
            bed.settles(&w, &[Changed(2)]);
            shell(&format!("umount {at}/single"));
            bed.settles(&w, &[Changed(2)]);
        }
    }
}

/// As a container has them: what is saved first is copied to another layer, its directory too.
pub fn layers_of_a_container() {
    for backend in BACKENDS.into_iter().chain([Choice::Auto]) {
        let bed = Bed::new(backend);
        fs::create_dir(bed.p("all")).unwrap();
        let all = bed.p("all").display().to_string();
        shell(&format!(
            "mount -t tmpfs none {all}; cd {all}; mkdir -p low/d/e up work m; echo 1 > low/d/e/a; echo 1 > low/d/b
             mount -t overlay overlay -o userxattr,lowerdir=low,upperdir=up,workdir=work m"
        ));
        let w = Watch::new(Options { backend, poll_interval: POLL, ..Options::default() });
        for (value, name) in (1..).zip(["d/e/a", "d/b", "d/new/c"]) {
            w.add_file(&bed.p("all/m").join(name), value);
        }
        let how = w.describe();
        let save = |name: &str, text: &str| {
            fs::write(bed.p("all/m").join(name), text).unwrap();
            bed.settles(&w, &[Changed(if name == "d/e/a" { 1 } else { 2 })]);
        };
        for (name, text) in [("d/e/a", "22"), ("d/b", "22"), ("d/e/a", "333"), ("d/b", "333")] {
            save(name, text);
        }
        fs::write(bed.p("all/m/d/e/tmp"), "4444").unwrap();
        fs::rename(bed.p("all/m/d/e/tmp"), bed.p("all/m/d/e/a")).unwrap();
        bed.settles(&w, &[Changed(1)]);
        fs::remove_file(bed.p("all/m/d/b")).unwrap();
        bed.settles(&w, &[Removed(2)]);
        file_in(&bed.p("all/m/d/new"), "c", "1");
        bed.settles(&w, &[Changed(3)]);
        save("d/b", "5");
        assert_eq!(w.describe(), how);
        drop(w);
        shell(&format!("umount {all}/m; umount {all}"));
    }
}

/// A file system whose files change without the kernel being told.
pub fn files_that_are_elsewhere() {
    let bed = Bed::new(Choice::Auto);
    fs::create_dir(bed.p("m")).unwrap();
    let remote = Remote::mount(&bed.p("m")).unwrap();
    remote.set("a", "1");
    let w = bed.watch(&[("m/a", 1), ("m/later", 2), ("b", 3)]);
    let why = format!("poll for {} (FUSE does not tell of every change)", bed.p("m").display());
    assert_eq!(w.describe(), format!("fanotify, {why}"));
    bed.silent(&w);
    remote.set("a", "2");
    bed.settles(&w, &[Changed(1)]);
    assert_eq!(fs::read(bed.p("m/a")).unwrap(), b"2");
    remote.set("later", "1");
    bed.settles(&w, &[Changed(2)]);
    remote.remove("a");
    bed.settles(&w, &[Removed(1)]);
    bed.write("b", "1");
    bed.settles(&w, &[Changed(3)]);
    // The other side has gone: that is no change, and no end.
    drop(remote);
    assert!(fs::read(bed.p("m/later")).is_err());
    while !w.wait(Some(bed.quiet())).is_empty() {}
    shell(&format!("umount -l {}", bed.p("m").display()));
    file_in(&bed.p("m"), "a", "here");
    until("the file beneath", || w.wait(Some(LONG)).contains(&Changed(1)));
    while !w.wait(Some(bed.quiet())).is_empty() {}
    bed.write("m/a", "again");
    bed.settles(&w, &[Changed(1)]);
}
