#!/usr/bin/env python3
"""busy.py [LINES [EDITS [COMPILER]]]: what edits wait for where there never is nothing else to do.

Edits of all kinds follow each other without a pause, three times EDITS (300) of them in a project of LINES
(1,000,000) lines. Before each of the three rounds so many values are made and given up that a collection is due.
What an edit waits for before its build begins is what the compiler was doing when it was saved: collecting, sweeping, getting
spare files ready. The stages of a build are another matter and shown for the slowest ones; the first edit of a session
that changes the program writes it whole, since nothing was ready.

On a busy machine `chrt -r 10 python3 benches/busy.py` keeps others out of the figures."""
import os, statistics, sys, tempfile

import drive, edits, gen_project

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILER = os.path.join(HERE, "..", "target", "release", "compiler")
# Values made by one edit.
VALUES = 100_000


def values(text, k):
    """The text with a computation that counts through numbers of its own."""
    first = k * 1_000_000_000
    return f"""{text}
fn count() u64 {{
    @setEvalBranchQuota({10 * VALUES});
    var i: u64 = {first};
    while (i < {first + VALUES}) i += 1;
    return i;
}}
comptime {{
    _ = count();
}}
"""


def shown(times):
    """Median and the four largest."""
    return f"median {statistics.median(times):.2f} ms, largest " + ", ".join(f"{t:.1f}" for t in sorted(times)[-4:])


def main():
    arguments = sys.argv[1:]
    if "--help" in arguments:
        sys.exit(__doc__)
    lines = int(arguments[0]) if arguments else 1_000_000
    count = int(arguments[1]) if len(arguments) > 1 else 300
    compiler = os.path.abspath(arguments[2] if len(arguments) > 2 else os.environ.get("COMPILER", COMPILER))
    with tempfile.TemporaryDirectory(prefix="busy-") as project:
        gen_project.generate(project, lines)
        root = edits.File(project, "main.zig")
        files = [edits.File(project, f"m{i}.zig") for i in range(min(60, lines // 1000))]
        with drive.Ours(compiler, project) as session:
            print(f"first build {session.first.ms:.0f} ms, {session.rss():.0f} MB", flush=True)
            made = 0
            for turn in range(3):
                for _ in range(max(1, lines // VALUES)):
                    made += 1
                    session.update(lambda: root.save(values(root.original, made)), idle=0)
                waits, slow = [], []
                for k in range(turn * count, (turn + 1) * count):
                    file, text, builds = edits.mixed(files, k)
                    if text == file.text:
                        continue
                    update = session.update(lambda: file.save(text), idle=0)
                    if bool(update.errors) == builds:
                        sys.exit(f"edit {k}: {update.errors or 'no message'}")
                    waits.append(update.stages.pop("before and after") / 1e3)
                    stages = ", ".join(f"{name} {us / 1e3:.0f}" for name, us in update.stages.items() if us > 2000)
                    if stages:
                        slow.append(f"{edits.MIXED[k % len(edits.MIXED)]} {stages}")
                print(f"{count} edits: waits: {shown(waits)}; {session.rss():.0f} MB", flush=True)
                if slow:
                    print("   slow stages (ms):", "; ".join(slow), flush=True)


if __name__ == "__main__":
    main()
