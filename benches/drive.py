"""Driving a compiler through edits: ours by watching, real Zig by its server protocol.

Both kinds of session have the same face: `update(edit)` leaves 60 ms of idleness (as before a
person's save; hot loops flatter by a factor of five), calls `edit`, and tells how long the build
took. For ours that is from close(2) of the saved file, whose time `edit` returns, to the arrival
of the build event. Real Zig is given its best case: no file watching and
no debouncing, but from the sending of `update` to the closing message."""
import json, os, queue, re, select, shutil, struct, subprocess, tempfile, threading, time

IDLE = 0.06
# A clean build of a million lines by the slowest of them on a busy machine.
LIMIT = 300


class Ended(Exception):
    """The compiler has gone, or has not answered in time."""


class Update:
    """What came of one edit."""

    def __init__(self, ms, errors, counts=None, stages=None):
        self.ms = ms
        # Text in which the messages occur; empty if the build succeeded.
        self.errors = errors
        # Ours only: the counts of the event, and the time of each stage in microseconds.
        self.counts, self.stages = counts, stages


class Session:
    """What both kinds have in common. `exe` is the program that the last update has left."""

    def rss(self):
        """Resident memory in MB."""
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024

    def run(self):
        """The exit code of the program."""
        return subprocess.run([self.exe], stdin=subprocess.DEVNULL).returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)


class Ours(Session):
    """`COMPILER build-exe main.zig --watch --events=json`."""

    name = "ours"

    def __init__(self, compiler, project, emit=True):
        self.work = tempfile.mkdtemp(prefix="bench-ours-")
        self.exe = os.path.join(self.work, "program")
        command = [compiler, "build-exe", "main.zig", "--watch", "--events=json"]
        command.append(f"-femit-bin={self.exe}" if emit else "-fno-emit-bin")
        started = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.first = self._build(started)
        if self.first.errors:
            raise Ended(self.first.errors)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put((time.perf_counter(), line))
        self.lines.put((time.perf_counter(), None))

    def _build(self, since):
        while True:
            try:
                at, line = self.lines.get(timeout=LIMIT)
            except queue.Empty:
                raise Ended(f"no event within {LIMIT} s")
            if line is None:
                raise Ended(f"the compiler ended with {self.process.wait()}")
            event = json.loads(line)
            if event["type"] != "build":
                continue
            report = event["report"]
            stages = {s["name"]: s["us"] for s in report.pop("stages")}
            report.pop("resident")
            ms = (at - since) * 1e3
            # From close(2) to the start of the build, and from its end to us.
            stages["before and after"] = ms * 1e3 - sum(stages.values())
            errors = "" if event["status"] == "ok" else line.decode()
            return Update(ms, errors, report, stages)

    def update(self, edit, idle=IDLE):
        time.sleep(idle)
        return self._build(edit())


class Zig(Session):
    """`ZIG build-exe -fincremental --listen=-`, with the backend that is fastest to build with."""

    def __init__(self, name, zig, project, emit=True):
        self.name = name
        self.work = tempfile.mkdtemp(prefix="bench-zig-")
        env = zig_env(self.work)
        command = [zig, "build-exe", "main.zig", "-fno-llvm", "-fincremental", "--listen=-", "--name", "program"]
        if not emit:
            command.append("-fno-emit-bin")
        pipe = subprocess.PIPE
        self.log = os.path.join(self.work, "stderr")
        started = time.perf_counter()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, cwd=project, env=env, stdin=pipe, stdout=pipe, stderr=log)
        self.buffer = b""
        self.exe = None
        self.first = self._update()
        self.first.ms = (time.perf_counter() - started) * 1e3
        if self.first.errors:
            raise Ended(self.first.errors)

    def _take(self, n):
        fd = self.process.stdout.fileno()
        while len(self.buffer) < n:
            if not select.select([fd], [], [], LIMIT)[0]:
                raise Ended(f"no answer within {LIMIT} s")
            chunk = os.read(fd, 1 << 16)
            if not chunk:
                raise self._ended()
            self.buffer += chunk
        head, self.buffer = self.buffer[:n], self.buffer[n:]
        return head

    def _ended(self):
        status = self.process.wait()
        with open(self.log, errors="replace") as f:
            last = (f.read().strip().splitlines() or [""])[-1]
        return Ended(f"{self.name} ended with {status}: {last}")

    def _update(self):
        started = time.perf_counter()
        try:
            os.write(self.process.stdin.fileno(), struct.pack("<II", 1, 0))
        except BrokenPipeError:
            raise self._ended()
        while True:
            tag, n = struct.unpack("<II", self._take(8))
            body = self._take(n)
            if tag == 2:
                # Flags, then the digest that names the directory of the output.
                self.exe = os.path.join(self.work, "local", "o", body[1:17].hex(), "program")
            elif tag == 1:
                failed = struct.unpack("<I", body[:4])[0]
                ms = (time.perf_counter() - started) * 1e3
                return Update(ms, body[8:].replace(b"\0", b"\n").decode(errors="replace") if failed else "")

    def update(self, edit, idle=IDLE):
        time.sleep(idle)
        edit()
        return self._update()


def zig_env(work):
    """An environment in which nothing of a project is cached; what Zig keeps for all is."""
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", os.path.join(work, "global"))
    return dict(os.environ, ZIG_LOCAL_CACHE_DIR=os.path.join(work, "local"), ZIG_GLOBAL_CACHE_DIR=cache)


def clean_build(command, project, env=None):
    """Runs a build: milliseconds, those of processor time, and the peak of its resident memory in MB."""
    started = time.perf_counter()
    p = subprocess.Popen(command, cwd=project, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(LIMIT, p.kill)
    timer.start()
    try:
        _, status, usage = os.wait4(p.pid, 0)
    finally:
        timer.cancel()
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        raise Ended(f"{os.path.basename(command[0])} ended with {p.returncode}")
    return (time.perf_counter() - started) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss / 1024
