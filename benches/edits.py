"""The edits: each changes one thing in a file of a generated project and can be put back.

A file is written in place and closed, as by an editor that saves so."""
import os, re, time

# The constant in the first line of a function that edits change.
CONSTANT = re.compile(r"(a \*% )(\d+)")


class File:
    """A source file, what it held at first, and how to put that back."""

    def __init__(self, project, name):
        self.path = os.path.join(project, name)
        with open(self.path) as f:
            self.original = f.read()
        self.text = self.original

    def save(self, text):
        """Writes the text; the time just before close(2), which is when watchers hear of it. A clock read
        after it would miss what the watcher does if it is given our processor at once."""
        self.text = text
        data = text.encode()
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        while data:
            data = data[os.write(fd, data) :]
        now = time.perf_counter()
        os.close(fd)
        return now

    def restore(self):
        return self.save(self.original)

    def replaced(self, old, new):
        assert old in self.original, old
        return self.original.replace(old, new, 1)


def constant(file, k):
    """The text with the k-th value of the constant in the first function: its body changes. The values
    need the same number of bytes as machine code, whatever the original was."""
    return CONSTANT.sub(lambda m: m.group(1) + str(10000 + (int(m.group(2)) + 7 * k) % 50000), file.original, count=1)


def comments(file, k):
    """Texts that differ from the original, and from those of another k, in comments and blank
    lines only: above a function (so that all that follows moves), within its body, at the end."""
    inside = "    var t: u32 = 0;\n"
    return [
        file.replaced("pub fn fx0(", f"// The edit number {k}.\n\npub fn fx0("),
        file.replaced(inside, f"{inside}    // The edit number {k}.\n"),
        file.replaced(inside, "\n" * (1 + k % 3) + inside),
        f"{file.original}\n// The edit number {k}.\n",
    ]


# What is said of `broken`, here as in real Zig.
BROKEN = "expected expression, found ')'"


def broken(file, k):
    """The text with a syntax error in the first function, not always in the same place."""
    return CONSTANT.sub(lambda m: " " * (k % 7) + "a *% ", file.original, count=1)


def signature(file, n, k):
    """The text with the parameter of the function with n callers being of another type; k odd or even."""
    return file.replaced(f"fn with{n}(x: u32)", f"fn with{n}(x: {('u32', 'u64')[k % 2]})")


# The steps of `mixed`, in their order: what is done to a file.
MIXED = ("constant", "comment", "add", "rename", "mistake", "mend", "break", "remove")


def mixed(files, k):
    """The k-th of a sequence of edits of all kinds: the file, its new text, and whether that builds. Each
    file in turn goes through all steps; the last one leaves it as it was but for the constant."""
    cycle, step = divmod(k, len(MIXED))
    file = files[cycle * 7919 % len(files)]
    text = constant(file, cycle + 1)
    step = MIXED[step]
    if step in ("constant", "remove"):
        return file, text, True
    text = f"// The cycle number {cycle}.\n{text}"
    if step == "comment":
        return file, text, True
    name = "extra" if step == "add" else "more"
    text = text.replace("(a *% ", f"({name}(a) *% ", 1) + f"\nfn {name}(x: u32) u32 {{\n    return x ^ {k // 8};\n}}\n"
    if step == "mistake":
        return file, text.replace("var t: u32 = 0;", "var t: u32 = \"text\";", 1), False
    if step == "break":
        return file, text.replace("s.y = acc;", "s.y = acc", 1), False
    return file, text, True
