"""The files that the rules look at."""

import functools
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a rule is broken; line 0 means the file as a whole."""

    path: str
    line: int
    text: str

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.text}"


class Tree:
    """A git checkout: what is tracked, and what would be with the next `git add`."""

    def __init__(self, root, binary):
        self.root = Path(root)
        self.binary = Path(binary)

    @functools.cached_property
    def files(self):
        # The owner of a fresh clone need not be the user who verifies it.
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
            cwd=self.root, capture_output=True, text=True)
        if listing.returncode != 0:
            raise SystemExit(f"verify: {self.root} is no git checkout: {listing.stderr.strip()}")
        names = sorted(set(filter(None, listing.stdout.split("\0"))))
        return [name for name in names if (self.root / name).is_file()]

    def under(self, *folders, suffix=""):
        return [
            name for name in self.files
            if name.startswith(tuple(f"{folder}/" for folder in folders)) and name.endswith(suffix)
        ]

    def swift(self, *folders):
        return self.under(*folders, suffix=".swift")

    def text(self, name):
        """The text of a file; empty for one that is missing or holds no text."""
        path = self.root / name
        content = path.read_bytes() if path.is_file() else b""
        return "" if b"\0" in content else content.decode("utf-8", "replace")

    def lines(self, name):
        return list(enumerate(self.text(name).splitlines(), start=1))

    def grep(self, names, pattern, reading=lambda line: line):
        """Name, line number and match for each line that the pattern is found in."""
        expression = re.compile(pattern)
        for name in names:
            for number, line in self.lines(name):
                match = expression.search(reading(line))
                if match:
                    yield name, number, match

    def first_line(self, name):
        with open(self.root / name, "rb") as file:
            return file.readline(200).decode("utf-8", "replace")

    @functools.cached_property
    def manifest(self):
        """Package.swift as SwiftPM understands it."""
        dump = subprocess.run(
            ["swift", "package", "dump-package"], cwd=self.root, capture_output=True, text=True)
        if dump.returncode != 0:
            raise SystemExit(f"verify: Package.swift cannot be read:\n{dump.stderr.strip()}")
        return json.loads(dump.stdout)


def code(line):
    """A line of Swift without its texts and its comment, as far as one line can tell."""
    without_texts = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
    return re.sub(r"//.*", "", without_texts)
