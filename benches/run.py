#!/usr/bin/env python3
"""run.py [LINES...]: what `make bench` runs: the optimised compiler beside real Zig 0.15.2.

For projects of 1,000 and 100,000 lines (or those given): clean builds, then the latency of one-line
edits. Prints ratios, above 1 where ours is faster; absolute times are this machine's business."""
import glob, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
COMPILER = os.environ.get("COMPILER", os.path.join(TARGET, "release", "compiler"))


def oracle():
    if "ORACLE_ZIG" in os.environ:
        return os.environ["ORACLE_ZIG"]
    for pattern in ("lib/python3*/site-packages/ziglang/zig", "site/ziglang/zig"):
        for path in glob.glob(os.path.join(ROOT, "target", "oracle", pattern)):
            return path
    sys.exit("no real Zig 0.15.2: run `make oracle`")


def script(name, *arguments):
    return subprocess.run([sys.executable, os.path.join(HERE, name), *map(str, arguments)]).returncode


def main():
    zig = oracle()
    sizes = [int(a) for a in sys.argv[1:]] or [1_000, 100_000]
    cache = os.path.join(ROOT, "target", "oracle-cache", "global")
    os.environ.setdefault("ZIG_GLOBAL_CACHE_DIR", cache)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for lines in sizes:
            project = os.path.join(work, str(lines))
            print(f"== {lines} lines", flush=True)
            failures += script("gen_project.py", project, lines) != 0
            failures += script("clean_build.py", COMPILER, zig, project) != 0
            failures += script("edit_latency.py", COMPILER, zig, project) != 0
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
