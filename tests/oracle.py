#!/usr/bin/env python3
"""oracle.py [--soft] [VERSION]: put real Zig 0.15.2 under target/oracle, unless it is there already.

With a VERSION it is that one: 0.17.0, which the bench compares us with, under target/oracle17.

The Python registry carries Zig as the package `ziglang`; a virtual environment keeps it apart from
the machine. Prints nothing when there is nothing to do. With --soft a failure is one line saying
what will be skipped; without it, a failure is an error.
"""
import glob, os, subprocess, sys

# Each version with its directory, the environment variable that names one installed elsewhere, and
# what is skipped without it.
VERSIONS = {
    "0.15.2": ("oracle", "ORACLE_ZIG", "the comparison of every fixture with it"),
    "0.17.0": ("oracle17", "ORACLE_ZIG_17", "its columns of the bench"),
}
soft = "--soft" in sys.argv
VERSION = ([a for a in sys.argv[1:] if not a.startswith("--")] or ["0.15.2"])[0]
if VERSION not in VERSIONS:
    sys.exit(f"oracle: no such version: {VERSION}; there are {', '.join(VERSIONS)}")
DIRECTORY, VARIABLE, SKIPPED = VERSIONS[VERSION]
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HERE, "target", DIRECTORY)


def find():
    """The compiler of a finished installation, or None."""
    for pattern in ("lib/python3*/site-packages/ziglang/zig", "site/ziglang/zig"):
        for path in glob.glob(os.path.join(TARGET, pattern)):
            try:
                out = subprocess.run([path, "version"], capture_output=True, text=True, timeout=60)
            except OSError:
                continue
            if out.stdout.strip() == VERSION:
                return path
    return None


def attempt(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[-1]


def install():
    package = f"ziglang=={VERSION}"
    os.makedirs(TARGET, exist_ok=True)
    why = attempt(sys.executable, "-m", "venv", TARGET)
    if why is None:
        why = attempt(os.path.join(TARGET, "bin", "python"), "-m", "pip", "install", "--quiet", package)
    if why is not None:
        # A Python without the venv module can still install into a directory.
        why = attempt(sys.executable, "-m", "pip", "install", "--quiet", "--target", os.path.join(TARGET, "site"), package)
    return why


if os.environ.get(VARIABLE) or find():
    sys.exit(0)
print(f"oracle: installing real Zig {VERSION} under target/{DIRECTORY}", flush=True)
why = install()
if why is None and find():
    sys.exit(0)
why = why or "the installed program does not run"
if soft:
    print(f"oracle: no real Zig {VERSION} ({why}); skipping {SKIPPED}")
    sys.exit(0)
print(f"oracle: cannot install real Zig {VERSION}: {why}", file=sys.stderr)
sys.exit(1)
