"""What holds for the text of every file."""

import ast
import os
import re
import subprocess
from pathlib import Path

from .rule import Plant, Rule
from .tree import Finding

MAXIMUM_LINES = 320


def scripts(tree, language):
    return [
        name for name in tree.files
        if (name.endswith({"bash": ".sh", "python3": ".py"}[language])
            or re.match(rf"#!.*\b{language}\b", tree.first_line(name)))
    ]


def formatting(tree):
    lint = subprocess.run(
        ["swift", "format", "lint", "--strict", "--parallel", "--recursive",
         "Sources", "Tests", "Package.swift"],
        cwd=tree.root, capture_output=True, text=True)
    # In a terminal's way: path:line:column: error: [Rule] what to do.
    for line in lint.stderr.splitlines():
        match = re.match(r"(.+?):(\d+):\d+: \w+: (.*)", line)
        if match:
            yield Finding(match[1], int(match[2]), match[3])
    if lint.returncode != 0 and not re.search(r":\d+:\d+: ", lint.stderr):
        yield Finding("Sources", 0, lint.stderr.strip() or "swift format failed without a word")


def syntax(tree):
    for name in scripts(tree, "bash"):
        parse = subprocess.run(["bash", "-n", name], cwd=tree.root, capture_output=True, text=True)
        if parse.returncode != 0:
            yield Finding(name, 0, parse.stderr.strip())
    for name in scripts(tree, "python3"):
        try:
            ast.parse(tree.text(name))
        except SyntaxError as error:
            yield Finding(name, error.lineno or 0, error.msg)


def length(tree):
    names = tree.swift("Sources", "Tests") + scripts(tree, "bash") + scripts(tree, "python3")
    for name in sorted(set(names)):
        count = len(tree.lines(name))
        if count > MAXIMUM_LINES:
            yield Finding(name, 0, f"{count} lines, {MAXIMUM_LINES} allowed: find its second subject")


def words(tree):
    # Written so that this line does not match itself.
    pattern = r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b"
    names = [name for name in tree.files if name != "LICENSE"]
    for name, line, match in tree.grep(names, pattern):
        yield Finding(name, line, f"{match[1]}: do it now, or file an issue")


def dead_code(tree):
    """Comments that read like Swift; prose rarely ends in a brace or is one lone call."""
    pattern = re.compile(
        r"^\s*//(?!/)\s*(?:"
        r"(?:let|var) \w+(?:: [\w\[\]?.<>]+)? = .*|func \w+\(.*|import \w+|return \w+\(.*\)"
        r"|(?:if|guard|for|while|switch|do|struct|enum|class|extension)\b.*\{"
        r"|(?:try |await |unsafe )*\w+(?:\.\w+)*\([^)]*\)|\}.*)\s*$")
    for name in tree.swift("Sources", "Tests") + ["Package.swift"]:
        for number, line in tree.lines(name):
            if pattern.match(line):
                yield Finding(name, number, "looks like code in a comment; the history keeps old code")


def strays(tree):
    pattern = re.compile(
        r"(^|/)(\.build[^/]*|\.local|\.swiftpm|__pycache__|\.env|\.DS_Store)(/|$)"
        r"|(^|/)Package\.resolved$|\.(o|pyc|swp|orig|rej|log)$")
    for name in tree.files:
        if pattern.search(name):
            yield Finding(name, 0, "must not be tracked")


def machine_paths(tree):
    homes = [r"/home/\w+/", r"/Users/\w+/"]
    places = [str(tree.root.resolve()), str(Path(os.environ.get("HOME", "/")).resolve())]
    own = [re.escape(place) + r"(?![\w-])" for place in places if place.count("/") > 1]
    if places[1] == "/root":
        own.append(places[1] + "/")
    pattern = r"(?<![\w.-])(" + "|".join(homes + own) + ")"
    for name, line, match in tree.grep(tree.files, pattern):
        yield Finding(name, line, f"{match[1]} exists on one machine only")


RULES = [
    Rule("format", formatting, [
        Plant("a line indented by three", "Sources/Core/Planted.swift",
              "struct Planted {\n   let name: Int\n}\n"),
        Plant("a forced unwrap", "Tests/CoreTests/Planted.swift",
              "func planted(_ name: Int?) -> Int { name! }\n"),
    ]),
    Rule("syntax", syntax, [
        Plant("an if without its end", "scripts/planted", "#!/usr/bin/env bash\nif true; then\n"),
        Plant("Python that does not parse", "scripts/planted.py", "def planted(:\n"),
    ]),
    Rule("length", length, [
        Plant("a file too long", "Sources/Core/Planted.swift", "\n" * (MAXIMUM_LINES + 1)),
    ]),
    Rule("words", words, [
        Plant("a note to do it later", "Sources/Core/Planted.swift", "// TO" "DO: later\n"),
        Plant("the same in the documentation", "docs/planted.md", "FIX" "ME\n"),
    ]),
    Rule("dead code", dead_code, [
        Plant("a call in a comment", "Sources/Core/Planted.swift", "// await session.close()\n"),
        Plant("a declaration in a comment", "Sources/Core/Planted.swift", "// let old = 1\n"),
        Plant("a loop in a comment", "Tests/CoreTests/Planted.swift", "// for row in rows {\n"),
    ]),
    Rule("strays", strays, [
        Plant("Package.resolved is tracked", "Package.resolved", "{}\n"),
        Plant("an object of the build is tracked", ".build/debug/planted.o", "\n"),
    ]),
    Rule("machine paths", machine_paths, [
        Plant("somebody's home folder", "docs/planted.md", "See /home/" "ann/preflight.\n"),
        Plant("the checkout's own path", "docs/planted.md", "{root}/checklists\n"),
    ]),
]
