//! What events look like to people and to programs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::terminal::Clear;
use driver::Counts;
use errmsg::{ColorChoice, Source, Span, Style, StyleChoice};

fn events() -> Vec<Event> {
    let source = Source::new("a.zig", *b"const x = y;\n");
    let report = |build, us| Report {
        log: Vec::new(),
        build,
        elapsed: Duration::from_micros(us),
        output: Some("./a".into()),
        counts: Counts {
            files_read: 1,
            members_parsed: 2,
            units_checked: 3,
            units_run: 4,
            edges_walked: 5,
            functions_compiled: 6,
            slots_written: 7,
            references_patched: 8,
            code_bytes_written: 9,
            bytes_written: 10,
        },
        stages: vec![("read", Duration::from_micros(12)), ("sema", Duration::from_millis(3))],
        resident: 12 << 20,
    };
    let msg = Msg::error(
        "use of undeclared identifier 'y'",
        Place::ScopeAndComp { scope: 0, span: Span::at(&source, 10, 11) },
    );
    vec![
        Event::Watching(Watching { files: 3, dirs: 5, backend: "inotify" }),
        Event::Ok(report(1, 23_400)),
        Event::Fail(vec![msg], Report { output: None, ..report(2, 512) }),
        Event::Error(BuildError {
            name: "AccessDenied".into(),
            text: "unable to write './a'".into(),
            report: report(3, 2_345_678),
        }),
        Event::Note(Msg::new(Kind::Note, "watching by polling", Place::Nowhere)),
    ]
}

fn human(watch: bool, time_report: bool) -> (String, Vec<Verdict>) {
    let output = Output {
        color: ColorChoice::Off,
        style: StyleChoice::Fixed(Style::Short),
        events: false,
        time_report,
        clear: Clear::Never,
    };
    let consumer = Consumer::new(output, watch);
    let mut text = Vec::new();
    let verdicts = events().iter().map(|e| consumer.human(e, &mut text).unwrap()).collect();
    (String::from_utf8(text).unwrap(), verdicts)
}

#[test]
fn for_people() {
    let (text, verdicts) = human(true, false);
    insta::assert_snapshot!("watch", text);
    assert_eq!(verdicts, [Verdict::Ok, Verdict::Ok, Verdict::User, Verdict::User, Verdict::Ok]);
    insta::assert_snapshot!("once", human(false, false).0);
    insta::assert_snapshot!("time_report", human(false, true).0);
}

#[test]
fn for_programs() {
    let lines: Vec<String> =
        events().iter().filter_map(|e| json(e).unwrap()).map(|l| String::from_utf8(l).unwrap()).collect();
    for line in &lines {
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    insta::assert_snapshot!(lines.concat());
}

#[test]
fn internal_errors_are_told_apart() {
    let consumer = Consumer::new(
        Output {
            color: ColorChoice::Off,
            style: StyleChoice::Auto,
            events: false,
            time_report: false,
            clear: Clear::Never,
        },
        false,
    );
    let error = BuildError { name: "Internal".into(), text: String::new(), report: Report::default() };
    let verdict = consumer.human(&Event::Error(error), &mut Vec::new()).unwrap();
    assert_eq!(verdict.exit_code(), 101);
}
