"""Commands on source files, beside real Zig 0.15.2's: all of its library as it is. Both sides take
turns, so that a busy machine slows both; of each the median is taken."""
import glob, os, statistics, subprocess, time

import drive

BEGIN, END = "<!-- files: begin -->", "<!-- files: end -->"


def run(command, env=None, codes=(0,)):
    """Wall time in milliseconds, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env)
    wall = (time.perf_counter() - start) * 1e3
    if done.returncode not in codes:
        raise drive.Ended(f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr.decode()[:300]}")
    return wall, done.stdout.decode()


def parse(command):
    """The best pass of a program that prints counts and nanoseconds; files and bytes."""
    _, out = run(command)
    files, size, _, ns = map(int, out.split())
    return ns / 1e6, (files, size)


def each(zig, files, env):
    """One process a file."""
    return sum(run([zig, "ast-check", f], env)[0] for f in files), None


def measure(ours, zig, throughput, work, quick, failures):
    """Times of both sides by row."""
    env = drive.zig_env(work)
    std = os.path.join(os.path.dirname(zig), "lib", "std")
    files = sorted(glob.glob(os.path.join(std, "**", "*.zig"), recursive=True))
    largest = max(files, key=os.path.getsize)
    program = os.path.join(work, "ast_parse")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ast_parse.zig")
    run([zig, "build-exe", "-OReleaseFast", source, f"-femit-bin={program}"], env)
    fmt = lambda exe, *more: run([exe, "fmt", "--check", *more, std], env, (0, 1))
    rounds = "5"
    rows = {
        "parse": (lambda: parse([throughput, "--parse", std, rounds]), lambda: parse([program, std, rounds]), 11),
        "fmt": (lambda: fmt(ours), lambda: fmt(zig), 21),
        "fmt -j1": (lambda: fmt(ours, "-j1"), lambda: fmt(zig), 21),
        "ast-check": (lambda: (run([ours, "ast-check", *files])[0], None), lambda: each(zig, files, env), 3),
        "ast-check, largest": (
            lambda: (run([ours, "ast-check", largest])[0], None),
            lambda: (run([zig, "ast-check", largest], env)[0], None),
            21,
        ),
    }
    results = {"files": len(files), "bytes": sum(map(os.path.getsize, files)), "rows": {}}
    for name, (mine, theirs, turns) in rows.items():
        turns = max(1, turns // 4) if quick else turns
        times = ([], [])
        said = set()
        for _ in range(turns):
            for side, one in zip(times, (mine, theirs)):
                wall, what = one()
                side.append(wall)
                said.add(what)
        failures.check(f"files, {name}", len(said) == 1, f"the sides differ: {said}")
        results["rows"][name] = [statistics.median(side) for side in times]
        print(f"   {name:20} ours {results['rows'][name][0]:.1f} ms, zig {results['rows'][name][1]:.1f} ms", flush=True)
    return results


GOALS = {
    "parse": ("lex and parse, one thread", "1.25× as fast as `std.zig.Ast.parse`, ReleaseFast, arena kept", 1.25),
    "fmt": ("`fmt --check`", "2.5× as fast as `zig fmt --check`", 2.5),
    "fmt -j1": ("`fmt --check -j1`", "no slower than `zig fmt --check`", 1),
    "ast-check": ("`ast-check`, one process", "3× as fast as `zig ast-check`, one process a file", 3),
    "ast-check, largest": ("`ast-check` of the largest file", "no slower than `zig ast-check`", 1),
}


def markdown(results):
    """The table."""
    about = f"{results['files']} files of Zig 0.15.2's lib/std, {results['bytes'] / 1e6:.1f} MB; {results['when']}."
    lines = [about, "", "| what | goal | ours | Zig 0.15.2 | as fast | reached |", "|---|---|---|---|---|---|"]
    for name, (mine, theirs) in results["rows"].items():
        what, goal, least = GOALS[name]
        met = "yes" if theirs >= least * mine else "no"
        lines.append(f"| {what} | {goal} | {mine:,.1f} ms | {theirs:,.1f} ms | {theirs / mine:.2f}× | {met} |")
    return "\n".join(lines)
