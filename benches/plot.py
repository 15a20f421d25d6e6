"""Time of an edit over the size of the project as an SVG of its own making, for light and dark pages.

Both axes are logarithmic. Colours are told apart by people who see fewer of them, and each line has
its marker and its name at its end besides."""
import math

from table import Z15, Z17, Results

WIDTH, HEIGHT = 780, 440
LEFT, RIGHT, TOP, BOTTOM = 76, 190, 56, 56
# Mode, compiler, name, class, marker.
SERIES = [
    ("body", Z15, "Zig 0.15.2", "a", "square"),
    ("body", Z17, "Zig 0.17.0", "b", "triangle"),
    ("body", "ours", "this compiler", "c", "circle"),
    ("no-bin", "ours", "-fno-emit-bin", "d", "diamond"),
]
# Colours on light and on dark pages.
COLOURS = {"a": ("#9a3412", "#fb923c"), "b": ("#b45309", "#fcd34d"), "c": ("#0550ae", "#79c0ff"), "d": ("#0e7490", "#5eead4")}


def colours(dark):
    """The rules of all series. Spelt out, since not all viewers know variables."""
    rules = []
    for cls, both in COLOURS.items():
        rules.append(f".{cls} .line {{ stroke: {both[dark]} }} .{cls} .mark, .{cls} .name {{ fill: {both[dark]} }}")
    return "\n  ".join(rules)


STYLE = f"""
  .page {{ fill: #ffffff }} .grid {{ stroke: #d8dee4; stroke-width: 1 }} .axis {{ stroke: #57606a; stroke-width: 1 }}
  text {{ font: 13px system-ui, sans-serif; fill: #24292f }} .title {{ font-size: 15px; font-weight: 600 }}
  .muted {{ fill: #57606a; font-size: 12px }}
  .line {{ fill: none; stroke-width: 2.2 }} .d .line {{ stroke-dasharray: 6 4 }} .name {{ font-weight: 600 }}
  {colours(False)}
  @media (prefers-color-scheme: dark) {{
  .page {{ fill: #0d1117 }} .grid {{ stroke: #262c36 }} .axis {{ stroke: #8b949e }}
  text {{ fill: #e6edf3 }} .muted {{ fill: #9aa4af }}
  {colours(True)}
  }}
"""


def label_ms(value):
    if value >= 1000:
        return f"{value / 1000:g} s"
    return f"{value:g} ms"


def marker(kind, x, y):
    if kind == "circle":
        return f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    shapes = {
        "square": [(-4, -4), (4, -4), (4, 4), (-4, 4)],
        "triangle": [(0, -5), (5, 4), (-5, 4)],
        "diamond": [(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)],
    }
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shapes[kind])
    return f'<polygon class="mark" points="{points}"/>'


def spread(ends, gap):
    """Moves labels apart that would lie on one another; in the order of their places."""
    ends = sorted(ends)
    for i in range(1, len(ends)):
        if ends[i][0] - ends[i - 1][0] < gap:
            ends[i] = (ends[i - 1][0] + gap, *ends[i][1:])
    return ends


def draw(results):
    """The text of the SVG."""
    r = Results(results)
    series = []
    for mode, tool, name, cls, mark in SERIES:
        points = [(s, r.get(mode, s, tool)) for s in sorted(r.sizes(mode))]
        points = [(s, p["median"]) for s, p in points if p]
        if points:
            series.append((name, cls, mark, points))
    if not series:
        raise SystemExit("nothing to draw: the modes body and no-bin were not measured")
    sizes = [s for *_, points in series for s, _ in points]
    values = [v for *_, points in series for _, v in points]
    x0, x1 = math.log10(min(sizes)), math.log10(max(max(sizes), min(sizes) * 10))
    y0, y1 = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(size):
        return LEFT + 14 + (right - LEFT - 28) * (math.log10(size) - x0) / (x1 - x0)

    def y(value):
        return bottom - (bottom - TOP) * (math.log10(value) - y0) / (y1 - y0)

    a = results["about"]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc">',
        '<title id="title">Time of a one-function edit over the size of the project</title>',
        f'<desc id="desc">{describe(series)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<text class="title" x="{LEFT}" y="26">From saving one changed function to the new program on disk</text>',
        f'<text class="muted" x="{LEFT}" y="44">median, {a["cores"]} cores, {a["date"]}; lower is better</text>',
    ]
    for exponent in range(y0, y1 + 1):
        value = 10.0**exponent
        out.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{label_ms(value)}</text>')
    for exponent in range(math.ceil(x0), math.floor(x1) + 1):
        size = 10**exponent
        out.append(f'<line class="grid" x1="{x(size):.1f}" x2="{x(size):.1f}" y1="{TOP}" y2="{bottom}"/>')
        out.append(f'<text x="{x(size):.1f}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>')
    out.append(f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>')
    out.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">lines of source</text>')
    ends = []
    for name, cls, mark, points in series:
        path = "L".join(f"{x(s):.1f} {y(v):.1f}" for s, v in points)
        marks = "".join(marker(mark, x(s), y(v)) for s, v in points)
        out.append(f'<g class="{cls}"><path class="line" d="M{path}"/>{marks}</g>')
        ends.append((y(points[-1][1]), x(points[-1][0]), cls, name, points[-1][1]))
    for at, end, cls, name, value in spread(ends, 17):
        text = f"{name}, {value:,.0f} ms" if value >= 100 else f"{name}, {value:.3g} ms"
        out.append(f'<g class="{cls}"><text class="name" x="{end + 12:.1f}" y="{at + 4:.1f}">{text}</text></g>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def describe(series):
    """The figures in words, for those who cannot see them drawn."""
    lines = []
    for name, _, _, points in series:
        lines.append(f"{name}: " + ", ".join(f"{v:.3g} ms at {s:,} lines" for s, v in points))
    return "; ".join(lines) + "."


def save(results, path):
    with open(path, "w") as f:
        f.write(draw(results))
