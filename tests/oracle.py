#!/usr/bin/env python3
"""oracle.py [--soft]: put real Zig 0.15.2 under target/oracle, unless it is there already.

The Python registry carries Zig as the package `ziglang`; a virtual environment keeps it apart from
the machine. Prints nothing when there is nothing to do. With --soft a failure is one line saying
what the tests will skip; without it, a failure is an error.
"""
import glob, os, subprocess, sys

VERSION = "0.15.2"
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HERE, "target", "oracle")
soft = "--soft" in sys.argv


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


if os.environ.get("ORACLE_ZIG") or find():
    sys.exit(0)
print(f"oracle: installing real Zig {VERSION} under target/oracle", flush=True)
why = install()
if why is None and find():
    sys.exit(0)
why = why or "the installed program does not run"
if soft:
    print(f"oracle: no real Zig {VERSION} ({why}); skipping the comparison of every fixture with it")
    sys.exit(0)
print(f"oracle: cannot install real Zig {VERSION}: {why}", file=sys.stderr)
sys.exit(1)
