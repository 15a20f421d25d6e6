"""Results as tables in Markdown, and whether the goals were reached."""
import re

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
PLOT = "![Time of an edit over the size of the project, beside real Zig's](edit-latency.svg)"
Z15, Z17 = "zig 0.15.2", "zig 0.17.0"


def ms(x):
    """Milliseconds as people read them."""
    if x is None:
        return "–"
    return f"{x:,.0f} ms" if x >= 100 else f"{x:.1f} ms" if x >= 10 else f"{x:.2f} ms"


def mb(x):
    return "–" if x is None else f"{x:,.0f} MB"


def times(x):
    return "–" if x is None else f"{x:.0f}×" if x >= 10 else f"{x:.1f}×"


def brief(result):
    """A result on one line."""
    parts = []
    for key, value in result.items():
        if isinstance(value, dict):
            value = brief(value)
        elif isinstance(value, float):
            value = f"{value:.2f}"
        parts.append(f"{key} {value}")
    return " ".join(parts)


class Results:
    """The results with missing ones as None."""

    def __init__(self, results):
        self.all = results

    def get(self, mode, size, tool, *keys):
        found = self.all.get(mode, {}).get(str(size), {}).get(tool)
        for key in keys:
            found = found.get(key) if found else None
        return found

    def median(self, mode, size, tool, *keys):
        return self.get(mode, size, tool, *keys, "median")

    def sizes(self, mode):
        return [int(s) for s in self.all.get(mode, {})]


def ratio(a, b):
    return a / b if a and b else None


def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def head(*cells):
    return [row(*cells), "|" + "---|" * len(cells)]


def about(r):
    a = r.all["about"]
    return (
        f"One run of `make bench` on {a['date']}: {a['cpu']}, {a['cores']} cores, {a['system']}, load {a['load']:.1f} at its "
        f"start; commit {a['commit']}. Medians; every edit after 60 ms of idleness."
    )


def edits(r):
    """Time of edits over the size of the project."""
    lines = head("lines", "body", "no program", "comment", "syntax error / mended", "body, Zig 0.17.0", "body, Zig 0.15.2", "ratios")
    for s in r.sizes("body"):
        ours = r.median("body", s, "ours")
        a, b = r.median("body", s, Z17), r.median("body", s, Z15)
        broken = [ms(r.median("syntax", s, "ours", k)) for k in ("breaking", "mending")]
        ratios = f"{times(ratio(a, ours))}, {times(ratio(b, ours))}"
        lines.append(row(f"{s:,}", ms(ours), ms(r.median("no-bin", s, "ours")), ms(r.median("comment", s, "ours")), " / ".join(broken), ms(a), ms(b), ratios))
    return lines if r.sizes("body") else []


def clean(r):
    lines = head("lines", "ours", "Zig 0.17.0", "Zig 0.15.2", "ratio to the faster", "peak memory, ours", "Zig 0.17.0", "Zig 0.15.2")
    for s in r.sizes("clean"):
        medians = [r.median("clean", s, t) for t in ("ours", Z17, Z15)]
        best = min((m for m in medians[1:] if m), default=None)
        peaks = [mb(r.get("clean", s, t, "peak")) for t in ("ours", Z17, Z15)]
        lines.append(row(f"{s:,}", *map(ms, medians), times(ratio(best, medians[0])), *peaks))
    return lines if r.sizes("clean") else []


def counts(r):
    """What a body edit does, in numbers, and the time of its stages."""
    sizes = [s for s in r.sizes("body") if r.get("body", s, "ours", "counts")]
    if not sizes:
        return []
    names = list(r.get("body", sizes[0], "ours", "counts"))
    lines = head("count of a body edit", *(f"{s:,}" for s in sizes))
    for n in names:
        lines.append(row(n.replace("_", " "), *(f"{r.get('body', s, 'ours', 'counts', n):,}" for s in sizes)))
    for stage in r.get("body", sizes[0], "ours", "stages"):
        lines.append(row(f"{stage}, µs", *(f"{r.get('body', s, 'ours', 'stages', stage):.0f}" for s in sizes)))
    return lines


def goals(r):
    """Each goal: what, the goal, ours, both Zigs, whether it is reached (None: not measured)."""
    large = 100_000
    out = []

    def goal(what, text, ours, zig17, zig15, met):
        if ours != "–":
            out.append((what, text, ours, zig17, zig15, met))

    def edit(what, mode, text, met, *keys, size=large):
        found = [r.median(mode, size, t, *keys) for t in ("ours", Z17, Z15)]
        goal(what, text, *map(ms, found), met(*found) if found[0] is not None else None)

    def body_goal(o, a, b):
        return (a is None or a >= 15 * o) and (b is None or b >= 100 * o) and o < 1.2

    body = r.median("body", large, "ours")
    edit("body of one function", "body", "15× and 100× faster than the Zigs, under 1.2 ms", body_goal)
    flat = [r.median("body", s, "ours") for s in r.sizes("body") if r.median("body", s, "ours")]
    if len(flat) > 1:
        spread = max(flat) / min(flat)
        sizes = r.sizes("body")
        span = f"from {min(sizes):,} to {max(sizes):,} lines"
        goal(f"the same {span}", "within 1.5×", f"{spread:.2f}×", "–", "–", spread <= 1.5)
        differ = any(w.startswith("body: work counts") for w in r.all["wrong"])
        goal(f"work counts {span}", "exactly equal", "differ" if differ else "equal", "–", "–", not differ)
    beside = r.get("no-bin", large, "ours", "beside")
    text = f"under half of the body edit ({ms(beside)}, taking turns)"
    edit("body, `-fno-emit-bin`", "no-bin", text, lambda o, *_: beside and o < beside / 2)
    found = [r.get("running", large, t) or {} for t in ("ours", Z17, Z15)]
    shown = [f.get("fails") and f"fails: {f['fails']}" or ms(f.get("median")) for f in found]
    beside = found[0].get("beside")
    met = found[0].get("median", 1e9) < 1.2 * beside if beside else None
    goal("body, the program being executed", f"the same ({ms(beside)}, taking turns)", *shown, met)
    worked = any(w.startswith("comment") for w in r.all["wrong"])
    edit("comment or blank line", "comment", "nothing compiled, no code written", lambda *_: not worked)
    for n in ("10", "100", "1000"):
        text = "proportional to the callers, under 20 ms" if n == "100" else "proportional"
        first = r.median("signature", large, "ours", "10")
        per = {"10": 10, "100": 20, "1000": 200}[n]
        edit(f"signature, {int(n):,} callers", "signature", text, lambda o, *_: o < per and o / first <= int(n) / 10 * 1.3, n)
    for key, what in (("breaking", "a syntax error"), ("mending", "its mending")):
        edit(what, "syntax", "under the body edit", lambda o, *_: body and o < body, key)
    cleans = [r.median("clean", large, t) for t in ("ours", Z17, Z15)]
    if cleans[0]:
        best = min((c for c in cleans[1:] if c), default=None)
        goal("clean build", "3× faster than the faster Zig", *map(ms, cleans), best and best >= 3 * cleans[0])
        huge = r.median("clean", 1_000_000, "ours")
        if huge:
            per_line = huge / cleans[0] / 10
            goal("clean build at 1,000,000 lines, a line", "within 1.3× of 100,000", f"{per_line:.2f}×", "–", "–", per_line <= 1.3)
        peaks = [r.get("clean", large, t, "peak") for t in ("ours", Z17, Z15)]
        least = min((p for p in peaks[1:] if p), default=None)
        goal("peak memory of a clean build", "under half of Zig's", *map(mb, peaks), least and peaks[0] < least / 2)
    idle = [r.get("memory", large, t, "idle") for t in ("ours", Z17, Z15)]
    if idle[0]:
        goal("idle resident memory", "under 120 MB", *map(mb, idle), idle[0] < 120)
        for key, what, most in (("bodies", "after many body edits", 1.1), ("mixed", "after as many of all kinds", 1.5)):
            now = r.get("memory", large, "ours", key)
            if now:
                goal(what, f"at most {most}× of that", mb(now), "–", "–", now <= most * idle[0])
    return out


def markdown(results):
    """All tables."""
    r = Results(results)
    lines = [about(r)]
    size = "100,000 lines where nothing else is said"
    all_goals = [row(*cells, {True: "yes", False: "no"}.get(met, "–")) for *cells, met in goals(r)]
    if all_goals:
        all_goals = head(f"goal ({size})", "", "ours", "Zig 0.17.0", "Zig 0.15.2", "reached") + all_goals
    parts = [part for part in (all_goals, edits(r), clean(r), counts(r)) if part]
    return "\n\n".join("\n".join(part) for part in [lines, *parts])


def insert(path, begin, end, before, tables):
    """Renews the tables between two marks in a document."""
    with open(path) as f:
        text = f.read()
    new, n = re.subn(f"{begin}.*{end}", lambda _: f"{begin}\n{before}{tables}\n{end}", text, flags=re.S)
    if n != 1:
        raise SystemExit(f"{path} has no section between {begin} and {end}")
    with open(path, "w") as f:
        f.write(new)
