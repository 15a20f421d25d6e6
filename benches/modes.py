"""The modes: each measures one row of the table of goals, and checks that what it measured was right.

A mode of edits is a function of a session (ours or real Zig's), a project and the number of edits; it returns
what goes into the results. Whatever is wrong is told to `wrong`, for a fast wrong answer is none."""
import os, shutil, statistics, subprocess, tempfile, time

import drive, edits

CALLERS = (10, 100, 1000)


class Failures:
    """What was wrong, with the place in which it was."""

    def __init__(self):
        self.all = []

    def wrong(self, place, what):
        self.all.append(f"{place}: {what}")
        print(f"   WRONG {place}: {what}", flush=True)

    def check(self, place, condition, what):
        if not condition:
            self.wrong(place, what)


def summary(times):
    return {"min": min(times), "median": statistics.median(times), "max": max(times), "n": len(times)}


def middle(values):
    """The median of each entry of dictionaries with equal keys."""
    return {key: statistics.median(v[key] for v in values) for key in values[0]} if values else {}


def body(session, project, count, failures):
    """The body of one function changes. With a program: its exit code after every edit."""
    file = edits.File(project, "m0.zig")
    times, codes, counts, stages = [], [], [], []
    for k in range(1, count + 1):
        text = edits.constant(file, k)
        update = session.update(lambda: file.save(text))
        failures.check(f"body, {session.name}", not update.errors, update.errors)
        times.append(update.ms)
        codes.append(session.run() if session.exe and os.path.exists(session.exe) else None)
        if update.counts:
            counts.append(update.counts)
            stages.append(update.stages)
    session.update(file.restore)
    result = summary(times) | {"codes": codes}
    if counts:
        # The first edits of a session still fill the spare files behind the output.
        failures.check("body, ours", all(c == counts[-1] for c in counts[3:]), f"counts differ from edit to edit: {counts[3:]}")
        result |= {"counts": counts[-1], "stages": middle(stages)}
    return result


def no_bin(session, beside, projects, count, failures):
    """The body of one function changes, with `-fno-emit-bin`, taking turns with a session that writes the
    program: one is judged by the other, and the machine may be slower now than it was then."""
    files = [edits.File(p, "m0.zig") for p in projects]
    times = [[], []]
    for k in range(1, count + 1):
        for one, file, taken in zip((session, beside), files, times):
            text = edits.constant(file, k)
            update = one.update(lambda: file.save(text))
            failures.check(f"no-bin, {one.name}", not update.errors, update.errors)
            taken.append(update.ms)
            if one is session:
                counts = update.counts
    for one, file in zip((session, beside), files):
        one.update(file.restore)
    return summary(times[0]) | {"beside": statistics.median(times[1])} | ({"counts": counts} if counts else {})


def comment(session, project, count, failures):
    """Comments and blank lines: nothing is compiled, no byte of code is written."""
    file = edits.File(project, "m0.zig")
    times = []
    for k in range(1, count // 4 + 2):
        for text in edits.comments(file, k):
            update = session.update(lambda: file.save(text))
            failures.check(f"comment, {session.name}", not update.errors, update.errors)
            times.append(update.ms)
            c = update.counts
            if c:
                idle = c["functions_compiled"] == 0 and c["units_run"] == 0 and c["code_bytes_written"] == 0
                failures.check("comment, ours", idle, f"work was done: {c}")
    session.update(file.restore)
    return summary(times) | ({"counts": c} if c else {})


def syntax(session, project, count, failures):
    """A syntax error, and its mending; times of both."""
    file = edits.File(project, "m0.zig")
    breaking, mending = [], []
    for k in range(1, count + 1):
        text = edits.broken(file, k)
        update = session.update(lambda: file.save(text))
        failures.check(f"syntax, {session.name}", edits.BROKEN in update.errors, f"the error is {update.errors!r}")
        breaking.append(update.ms)
        update = session.update(file.restore)
        failures.check(f"syntax, {session.name}", not update.errors, f"not mended: {update.errors}")
        mending.append(update.ms)
    return {"breaking": summary(breaking), "mending": summary(mending)}


def signature(session, project, count, failures):
    """The type of a parameter changes: the function and its callers are compiled, and nothing else."""
    file = edits.File(project, "callees.zig")
    result = {}
    for n in CALLERS:
        times, counts = [], []
        for k in range(1, count + 1):
            text = edits.signature(file, n, k)
            update = session.update(lambda: file.save(text))
            failures.check(f"signature, {session.name}", not update.errors, update.errors)
            times.append(update.ms)
            if update.counts:
                counts.append(update.counts)
                compiled = update.counts["functions_compiled"]
                failures.check("signature, ours", compiled == n + 1, f"{compiled} functions compiled for {n} callers")
        code = session.run()
        session.update(file.restore)
        failures.check(f"signature, {session.name}", code == session.run(), f"exit code {code} after the edits")
        result[str(n)] = summary(times) | ({"counts": counts[-1]} if counts else {})
    return result


def running(session, project, count, failures):
    """The body of one function changes while the program at the output path is being executed: it waits
    for its input. It must end as if nothing had happened, and the new one must be the new one. Every other
    edit is made while nothing runs."""
    file = edits.File(project, "m0.zig")
    times, beside, codes, busy = [], [], [], ""
    code = session.run()
    for k in range(1, count + 1):
        text = edits.constant(file, count + k)
        update = session.update(lambda: file.save(text))
        failures.check(f"running, {session.name}", not update.errors, update.errors)
        beside.append(update.ms)
        code = session.run()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        program = subprocess.Popen([session.exe], **pipes)
        text = edits.constant(file, k)
        try:
            update = session.update(lambda: file.save(text))
            failures.check(f"running, {session.name}", program.poll() is None, "the running program has ended")
        except drive.Ended as e:
            update, busy = None, str(e)
        program.stdin.close()
        ended = program.wait()
        failures.check(f"running, {session.name}", ended == code, f"the running program ended with {ended}, not {code}")
        if update is None or update.errors:
            busy = busy or update.errors
            break
        code = session.run()
        times.append(update.ms)
        codes.append(code)
    if busy:
        if session.name == "ours":
            failures.wrong("running, ours", busy)
        # Real Zig's answer has the path of the program in it, which is of no interest.
        return {"fails": "FileBusy" if "FileBusy" in busy else busy.strip().splitlines()[-1]}
    failures.check(f"running, {session.name}", len(set(codes)) > 1, f"the program is always the same: {codes}")
    session.update(file.restore)
    return summary(times) | {"beside": statistics.median(beside), "codes": codes}


def memory(session, project, count, failures):
    """Resident memory: idle, after edits of bodies, and after edits of all kinds, without idleness."""
    time.sleep(1)
    result = {"idle": session.rss()}
    if not count:
        return result
    names = sorted(n for n in os.listdir(project) if n.startswith("m") and n != "main.zig")
    files = [edits.File(project, n) for n in names]
    for k in range(1, count + 1):
        update = session.update(lambda: files[0].save(edits.constant(files[0], k)), idle=0)
        failures.check("memory, bodies", not update.errors, update.errors)
    session.update(files[0].restore)
    result["bodies"] = session.rss()
    for k in range(count):
        file, text, builds = edits.mixed(files, k)
        if text == file.text:
            continue
        update = session.update(lambda: file.save(text), idle=0)
        failures.check("memory, mixed", bool(update.errors) != builds, f"edit {k}: {update.errors}")
    result["mixed"] = session.rss()
    for file in files:
        if file.text != file.original:
            session.update(file.restore, idle=0)
    return result


def clean(tools, project, runs, failures):
    """Clean Debug builds of all compilers, taking turns: a busy machine slows all of them."""
    times, cpu, peaks = ({name: [] for name in tools} for _ in range(3))
    codes = {}
    for _ in range(runs):
        for name, path in list(tools.items()):
            work = tempfile.mkdtemp(prefix="bench-clean-")
            exe = os.path.join(work, "program")
            command = [path, "build-exe", "main.zig", f"-femit-bin={exe}"]
            env = None
            if name != "ours":
                command.append("-fno-llvm")
                env = drive.zig_env(work)
            try:
                ms, busy, peak = drive.clean_build(command, project, env)
                codes[name] = subprocess.run([exe], stdin=subprocess.DEVNULL).returncode
                times[name].append(ms)
                cpu[name].append(busy)
                peaks[name].append(peak)
            except drive.Ended as e:
                failures.wrong(f"clean, {name}", e)
                del tools[name]
            finally:
                shutil.rmtree(work, ignore_errors=True)
    failures.check("clean", len(set(codes.values())) == 1, f"the programs end with {codes}")
    return {n: summary(times[n]) | {"cpu": statistics.median(cpu[n]), "peak": max(peaks[n])} for n in times if times[n]}
