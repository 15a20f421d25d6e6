//! A disk that is full: the last program stays whole, and publishing goes on when there is room.
//! A test binary of its own, because the limit that stands for the disk is the whole process's.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::fs;

use link::{PublishError, Published, Publisher};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use support::*;
use tir::{Data, Section, Sym};

#[test]
fn failed_writes_leave_the_last_program() {
    let dir = Dir::new("full");
    let path = dir.path("out");
    // SAFETY: ignoring a signal is sound at any time.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    let unlimited = getrlimit(Resource::Fsize);
    let mut img = image(codegen::OptLevel::Debug, &[main_func(|b| b.iconst(I64, 1))], &[]);
    let mut p = Publisher::new(&path).unwrap();
    p.publish(img.finish().unwrap().bytes, &[]).unwrap();
    p.refill(img.finish().unwrap().bytes, &|| false);
    let before = fs::read(&path).unwrap();

    let big =
        Data { sym: Sym(7), section: Section::Data, size: 1 << 20, align: 8, bytes: vec![3; 1 << 20], relocs: vec![] };
    img.set_data(&big, "big").unwrap();
    setrlimit(Resource::Fsize, Rlimit { current: Some(256 << 10), maximum: unlimited.maximum }).unwrap();
    let f = img.finish().unwrap();
    // As often as there are spares, and then with a new file.
    for dirty in [&f.dirty[..], &[], &[], &[]] {
        assert!(matches!(p.publish(f.bytes, dirty), Err(PublishError::Io(..))));
        assert!(fs::read(&path).unwrap() == before);
    }
    setrlimit(Resource::Fsize, unlimited).unwrap();
    assert!(matches!(p.publish(f.bytes, &[]).unwrap(), Published::Exchanged(_) | Published::Renamed(_)));
    assert!(fs::read(&path).unwrap() == f.bytes);
    drop(p);
    assert_eq!(fs::read_dir(&dir.0).unwrap().count(), 1);
}
