#!/usr/bin/env python3
"""run.py [--quick] [--ours] [--sizes N,N…] [--docs] [MODE…]: this compiler beside real Zig, in one run.

Modes, one for each row of the table of goals; all of them if none is named:
  body       the body of one function, the new program on disk
  no-bin     the same with -fno-emit-bin
  running    the same while the program at the output path is being executed
  comment    comments and blank lines
  signature  the signature of functions with 10, 100 and 1,000 callers
  syntax     a syntax error, and its mending
  clean      clean builds: time and peak memory
  memory     resident memory: idle, and after many edits
  files      parsing, fmt --check and ast-check over all of Zig 0.15.2's library

For projects of 1,000 to 1,000,000 lines; `--quick` takes 1,000 and 100,000 and fewer edits,
`--ours` leaves real Zig out. Results go to target/bench/results.json, tables to standard output.
`--docs` renews docs/edit-latency.svg and the tables in docs/performance.md from them. With `--draw`
nothing is measured: the last results are shown again. What `files` finds stands by itself: with it alone
the other tables stay as they are.

Environment: COMPILER (default target/release/compiler), ORACLE_ZIG and ORACLE_ZIG_17 (default: what
`make oracle oracle17` has installed). What is not there is left out and said so.

Ends with 1 if anything measured was wrong: exit codes that differ, messages that do not come, work
counts that depend on the size of the project. A goal that is missed is shown, and is no failure."""
import datetime, glob, json, os, platform, subprocess, sys, tempfile

import drive, files, gen_project, modes, plot, table

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
RESULTS = os.path.join(TARGET, "bench", "results.json")
FILES = os.path.join(TARGET, "bench", "files.json")
SIZES = [1_000, 10_000, 100_000, 1_000_000]
QUICK = [1_000, 100_000]
# Where signatures, running programs and memory are measured.
LARGE = 100_000
ALL = ["body", "no-bin", "running", "comment", "signature", "syntax", "clean", "memory", "files"]


def find_zig(variable, directory):
    if variable in os.environ:
        return os.path.abspath(os.environ[variable])
    for pattern in ("lib/python3*/site-packages/ziglang/zig", "site/ziglang/zig"):
        for path in glob.glob(os.path.join(ROOT, "target", directory, pattern)):
            return path
    return None


def find_tools():
    """Paths of the compilers by the names under which they are shown."""
    # Compilers run in the projects' directories.
    tools = {"ours": os.path.abspath(os.environ.get("COMPILER", os.path.join(TARGET, "release", "compiler")))}
    if not os.path.exists(tools["ours"]):
        sys.exit(f"{tools['ours']} is not there: run `make build`")
    for version, variable, directory in (("0.15.2", "ORACLE_ZIG", "oracle"), ("0.17.0", "ORACLE_ZIG_17", "oracle17")):
        path = find_zig(variable, directory)
        if path:
            tools[f"zig {version}"] = path
        else:
            print(f"no real Zig {version} (`make {directory}` installs it): its columns are left out")
    return tools


def describe(tools):
    """What the figures are of."""
    with open("/proc/cpuinfo") as f:
        models = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "commit": commit.stdout.strip(),
        "load": os.getloadavg()[0],
        "tools": list(tools),
    }


class Bench:
    """One run."""

    def __init__(self, tools, wanted, quick, work):
        self.tools, self.wanted, self.quick, self.work = tools, wanted, quick, work
        self.failures = modes.Failures()
        self.results = {"about": describe(tools)} | {mode: {} for mode in wanted}
        self.lost = set()
        # How each project was generated, by its path.
        self.made = {}

    def count(self, name, size):
        """How many edits: few where each takes a second."""
        if name == "ours":
            return 15 if self.quick else 31
        return (5 if self.quick else 15) if size <= LARGE else 5

    def session(self, name, project, emit=True):
        if name == "ours":
            return drive.Ours(self.tools[name], project, emit)
        return drive.Zig(name, self.tools[name], project, emit)

    def note(self, mode, size, name, result):
        self.results[mode].setdefault(str(size), {})[name] = result
        shown = {k: v for k, v in result.items() if k not in ("counts", "stages", "codes")}
        print(f"   {mode:10} {name:11} {table.brief(shown)}", flush=True)

    def edits(self, size, project, wanted, emit=True):
        """Runs modes of edits, all of them in one session of each compiler."""
        wanted = [m for m in wanted if m in self.wanted]
        if not wanted:
            return
        for name in self.tools:
            if (name, size) in self.lost:
                continue
            try:
                with self.session(name, project, emit) as session:
                    for mode in wanted:
                        # Others than ours are only looked at.
                        count = self.count(name, size)
                        if mode == "memory":
                            count = (500 if self.quick else 10_000) if name == "ours" else 0
                        if mode == "no-bin":
                            result = self.no_bin(session, size, project, count)
                        else:
                            result = getattr(modes, mode)(session, project, count, self.failures)
                        self.note(mode, size, name, result)
            except drive.Ended as e:
                self.failures.wrong(f"{'/'.join(wanted)} at {size} lines, {name}", e)
                self.lost.add((name, size))
            self.restore(project)

    def no_bin(self, session, size, project, count):
        """Real Zig's is only shown, not judged, so that it needs nothing beside it."""
        if session.name != "ours":
            return modes.body(session, project, count, self.failures)
        other = f"{project}-beside"
        gen_project.generate(other, size)
        with self.session("ours", other) as beside:
            return modes.no_bin(session, beside, (project, other), count, self.failures)

    def restore(self, project):
        """Puts back what a session that was given up has left."""
        size, arguments = self.made[project]
        gen_project.generate(project, size, **arguments)

    def project(self, size, **arguments):
        path = os.path.join(self.work, f"{size}{'-more' if arguments else ''}")
        _, lines = gen_project.generate(path, size, **arguments)
        self.made[path] = (size, arguments)
        print(f"== {lines:,} lines{' with callers, waiting' if arguments else ''}", flush=True)
        return path

    def size(self, size):
        project = self.project(size)
        # What is changed least comes first: a session's memory is looked at before it is used.
        self.edits(size, project, ["memory"] if size == LARGE else [])
        self.edits(size, project, ["body", "comment", "syntax"])
        self.edits(size, project, ["no-bin"], emit=False)
        if "clean" in self.wanted:
            runs = 1 if size > LARGE else 3 if self.quick else 5
            tools = {n: p for n, p in self.tools.items() if (n, size) not in self.lost}
            for name, result in modes.clean(tools, project, runs, self.failures).items():
                self.note("clean", size, name, result)
        if size == LARGE and {"running", "signature"} & set(self.wanted):
            project = self.project(size, waits=True, numbers=modes.CALLERS)
            self.edits(size, project, ["signature", "running"])

    def compare(self):
        """What can only be said of all sizes and all compilers together."""
        for mode in ("body", "running"):
            for size, by_tool in self.results.get(mode, {}).items():
                codes = {n: r["codes"] for n, r in by_tool.items() if "codes" in r}
                least = min(map(len, codes.values()), default=0)
                agree = len({tuple(c[:least]) for c in codes.values()}) <= 1
                self.failures.check(f"{mode} at {size} lines", agree, f"exit codes differ: {codes}")
        for mode in ("body", "comment", "no-bin"):
            counts = {s: dict(r["ours"]["counts"]) for s, r in self.results.get(mode, {}).items() if "ours" in r}
            if mode == "comment":
                # Line tables of what moved; how many ranges they make up is a matter of the layout.
                for c in counts.values():
                    c.pop("bytes_written")
            flat = len({tuple(c.items()) for c in counts.values()}) <= 1
            self.failures.check(mode, flat, f"work counts depend on the size of the project: {counts}")


def warm_up(tools, work):
    """Real Zig keeps some of what all programs need in its global cache."""
    project = os.path.join(work, "warm")
    gen_project.generate(project, 1_000)
    for name, path in tools.items():
        if name != "ours":
            drive.clean_build([path, "build-exe", "main.zig", "-fno-llvm"], project, drive.zig_env(work))


def measure(arguments):
    quick = "--quick" in arguments
    sizes = QUICK if quick else SIZES
    if "--sizes" in arguments:
        at = arguments.index("--sizes")
        sizes = [int(s) for s in arguments[at + 1].split(",")]
        arguments = arguments[:at] + arguments[at + 2 :]
    wanted = [a for a in arguments if not a.startswith("--")] or ALL
    unknown = [a for a in wanted if a not in ALL]
    if unknown:
        sys.exit(f"no such mode: {', '.join(unknown)}; there are {', '.join(ALL)}")
    os.environ.setdefault("ZIG_GLOBAL_CACHE_DIR", os.path.join(ROOT, "target", "oracle-cache", "global"))
    tools = find_tools()
    if "--ours" in arguments:
        tools = {"ours": tools["ours"]}
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        wrong = measure_files(tools, work, quick) if "files" in wanted else []
        wanted = [mode for mode in wanted if mode != "files"]
        if not wanted:
            return {"wrong": wrong}
        warm_up(tools, work)
        bench = Bench(tools, wanted, quick, work)
        bench.failures.all += wrong
        for size in sizes:
            bench.size(size)
            # What was measured is not lost if the run is ended before its end.
            save(bench)
        bench.compare()
        save(bench)
    return bench.results


def measure_files(tools, work, quick):
    """Writes what it finds; gives what was wrong."""
    throughput = os.path.join(TARGET, "release", "examples", "throughput")
    zig = tools.get("zig 0.15.2")
    if not zig or not os.path.exists(throughput):
        print("files: left out, it takes real Zig 0.15.2 and `cargo build --release -p syntax --example throughput`")
        return []
    print("== real Zig's library", flush=True)
    failures = modes.Failures()
    results = files.measure(tools["ours"], zig, throughput, work, quick, failures)
    about = describe(tools)
    results["when"] = f"{about['date']}, {about['cpu']}, {about['cores']} cores, load {about['load']:.1f} at its start, commit {about['commit']}"
    os.makedirs(os.path.dirname(FILES), exist_ok=True)
    with open(FILES, "w") as f:
        json.dump(results, f, indent=1)
    return failures.all


def save(bench):
    bench.results["wrong"] = bench.failures.all
    os.makedirs(os.path.dirname(RESULTS), exist_ok=True)
    with open(RESULTS, "w") as f:
        json.dump(bench.results, f, indent=1)


def main():
    arguments = sys.argv[1:]
    if "--help" in arguments:
        sys.exit(__doc__)
    if "--draw" in arguments:
        with open(RESULTS) as f:
            results = json.load(f)
    else:
        results = measure(arguments)
    parts = []
    if "about" in results:
        parts.append((table.BEGIN, table.END, table.PLOT + "\n\n", table.markdown(results)))
    if os.path.exists(FILES):
        with open(FILES) as f:
            parts.append((files.BEGIN, files.END, "", files.markdown(json.load(f))))
    for *_, text in parts:
        print(f"\n{text}")
    if "--docs" in arguments:
        if "about" in results:
            plot.save(results, os.path.join(ROOT, "docs", "edit-latency.svg"))
        for part in parts:
            table.insert(os.path.join(ROOT, "docs", "performance.md"), *part)
    for line in results["wrong"]:
        print(f"WRONG {line}")
    return bool(results["wrong"])


if __name__ == "__main__":
    sys.exit(main())
