#!/usr/bin/env python3
"""clean_build.py COMPILER ZIG PROJECT [RUNS]: a clean Debug build, ours beside real Zig's, in one run.

Each run starts with nothing of the project in any cache; what real Zig keeps for all programs (its
global cache) is warmed up before. The runs of both take turns, so that a busy machine slows both.
Both programs must end with the same exit code."""
import os, shutil, statistics, subprocess, sys, tempfile, time

compiler, zig, project = sys.argv[1:4]
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
work = tempfile.mkdtemp(prefix="clean-build-")
global_cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", os.path.join(work, "global"))


def timed(command, exe, env=None):
    started = time.perf_counter()
    subprocess.run(command, cwd=project, env=env, check=True, stdout=subprocess.DEVNULL)
    elapsed = time.perf_counter() - started
    return elapsed * 1e3, subprocess.run([exe]).returncode, os.path.getsize(exe) >> 10


def ours():
    exe = os.path.join(work, "ours")
    return timed([compiler, "build-exe", "main.zig", f"-femit-bin={exe}"], exe)


def theirs():
    exe = os.path.join(work, "theirs")
    local = tempfile.mkdtemp(dir=work)
    env = dict(os.environ, ZIG_LOCAL_CACHE_DIR=local, ZIG_GLOBAL_CACHE_DIR=global_cache)
    try:
        return timed([zig, "build-exe", "main.zig", "-fno-llvm", f"-femit-bin={exe}"], exe, env)
    finally:
        shutil.rmtree(local, ignore_errors=True)


try:
    theirs()
    a, b = [], []
    for _ in range(runs):
        a.append(ours())
        b.append(theirs())
    for name, results in (("ours", a), ("zig", b)):
        times = [t for t, _, _ in results]
        print(f"{name:5} clean min {min(times):8.1f} median {statistics.median(times):8.1f} ms   exe {results[-1][2]} KB")
    ratio = statistics.median(t for t, _, _ in b) / statistics.median(t for t, _, _ in a)
    agree = {c for _, c, _ in a} == {c for _, c, _ in b}
    print(f"ratio clean {ratio:.2f}x   exit codes {'agree' if agree else 'DIFFER'}")
    sys.exit(not agree)
finally:
    shutil.rmtree(work, ignore_errors=True)
