"""What holds for the package, its documentation and its checklists."""

import functools
import re
import subprocess
import tempfile

from .rule import Plant, Rule
from .tree import Finding

UPCOMING = {
    "ExistentialAny", "ImmutableWeakCaptures", "InferIsolatedConformances",
    "InternalImportsByDefault", "MemberImportVisibility", "NonisolatedNonsendingByDefault",
}


def settings(tree):
    """Every Swift target has the upcoming features, memory safety, and warnings as errors."""
    for target in tree.manifest["targets"]:
        if target["type"] == "system":
            continue
        kinds = [setting["kind"] for setting in target["settings"]]
        missing = UPCOMING - {
            kind["enableUpcomingFeature"]["_0"] for kind in kinds if "enableUpcomingFeature" in kind}
        if not any("strictMemorySafety" in kind for kind in kinds):
            missing.add("strictMemorySafety")
        if {"treatAllWarnings": {"_0": "error"}} not in kinds:
            missing.add("treatAllWarnings(as: .error)")
        if missing:
            yield Finding("Package.swift", 0, f"{target['name']} lacks {', '.join(sorted(missing))}")
    if tree.manifest["swiftLanguageVersions"] != ["6"]:
        yield Finding("Package.swift", 0, "the language mode is not 6 alone")


# Types and functions that cross targets. Properties, initialisers, cases and subscripts may speak
# for themselves, and so may a function that fits on its line, an operator, the optional twin of a
# function, and what carries out a requirement of a protocol, which is documented there.
DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))? )*(?:public|package) "
    r"(?:(?:final|indirect|static|nonisolated|mutating|consuming|borrowing|override) )*"
    r"(?:(?:struct|class|enum|actor|protocol|typealias) (\w+)|func ([^\s(<]+))")
STANDARD_REQUIREMENTS = {"hash", "encode", "makeIterator", "next", "index", "enqueue"}


def requirements(tree):
    """The functions that the project's own protocols ask for."""
    names = set()
    for name in tree.swift("Sources"):
        for body in re.findall(r"^[^/\n]*\bprotocol \w+.*?^}", tree.text(name), re.M | re.S):
            names.update(re.findall(r"\bfunc (\w+)", body))
    return names


def documentation(tree):
    self_evident = requirements(tree) | STANDARD_REQUIREMENTS
    for name in tree.swift("Sources"):
        lines = [line.strip() for _, line in tree.lines(name)]
        for number, line in tree.lines(name):
            match = DECLARATION.match(line)
            if not match:
                continue
            symbol = match[1] or match[2]
            if match[2] and (
                    line.endswith("}") or symbol in self_evident
                    or symbol.startswith("optional") or not symbol[0].isalpha()):
                continue
            above = number - 2
            while above >= 0 and lines[above].startswith("@"):
                above -= 1
            if above < 0 or not lines[above].startswith("///"):
                yield Finding(name, number, f"{symbol} has no documentation comment")


def kinds(tree):
    """The folder of kinds, the list of kinds and the tests of kinds tell of the same kinds."""
    listing, folder = "Sources/Checks/AllKinds.swift", "Sources/Checks/Kinds"
    listed = set(re.findall(r"^\s*(\w+)\.self,", tree.text(listing), re.MULTILINE))
    if not listed:
        yield Finding(listing, 0, "lists no kind")
    declared = {}
    for name, line, match in tree.grep(tree.swift(folder), r"\b(?:struct|class|enum) (\w+): CheckKind\b"):
        declared[match[1]] = name
        if name.rsplit("/", 1)[1] != f"{match[1]}.swift":
            yield Finding(name, line, f"{match[1]} belongs into a file of its own name")
    tests = {name.rsplit("/", 1)[1] for name in tree.swift("Tests/ChecksTests")}
    for kind in sorted(listed - declared.keys()):
        yield Finding(listing, 0, f"{kind} is listed, but no file in {folder} declares it")
    for kind in sorted(declared.keys() - listed):
        yield Finding(declared[kind], 0, f"{kind} is missing in {listing}")
    for kind in sorted(declared):
        if f"{kind}Tests.swift" not in tests:
            yield Finding(declared[kind], 0, f"Tests/ChecksTests has no {kind}Tests.swift")


PAGES = ("README.md", "CONTRIBUTING.md", "docs/kubernetes.md", "docs/reference/checks.md")


def shown_commands(tree, program):
    """Each use of a program in the code of the pages: page, line, and the words after its name."""
    for page in PAGES:
        in_block = False
        for number, line in tree.lines(page):
            if line.lstrip().startswith("```"):
                in_block = not in_block
                continue
            for text in [line] if in_block else re.findall(r"`([^`]+)`", line):
                for match in re.finditer(rf"(?<![\w./-]){program} ", text):
                    arguments = re.match(r"[^|;&#]*", text[match.end():])[0].split()
                    if arguments:
                        yield page, number, arguments


def make_targets(tree):
    makefile = tree.text("Makefile")
    shown = 0
    for page, line, arguments in shown_commands(tree, "make"):
        shown += 1
        if not re.search(rf"^{re.escape(arguments[0])}:", makefile, re.MULTILINE):
            yield Finding(page, line, f"make has no target {arguments[0]}")
    if not shown:
        yield Finding(PAGES[0], 0, "shows no use of make")


@functools.cache
def help_of(program, subcommand):
    arguments = [] if subcommand is None else [subcommand]
    ask = subprocess.run([program, *arguments, "--help"], capture_output=True, text=True)
    return ask.stdout if ask.returncode == 0 else ""


def unknown_words(tree, arguments):
    """What the program does not know of the words after its name."""
    subcommand = None if arguments[0].startswith("-") else arguments[0]
    if subcommand and not re.search(
            rf"^  {re.escape(subcommand)}\b", help_of(tree.binary, None), re.MULTILINE):
        yield f"preflight has no command {subcommand}"
        return
    for argument in arguments:
        if argument == "--":
            break
        option = re.match(r"\[?(--[\w-]+|-\w)\b", argument)
        if option and not re.search(
                rf"(?<![\w-]){option[1]}(?![\w-])", help_of(tree.binary, subcommand)):
            yield f"preflight {subcommand or ''} has no option {option[1]}"


def commands(tree):
    shown = 0
    for page, line, arguments in shown_commands(tree, "preflight"):
        shown += 1
        for text in unknown_words(tree, arguments):
            yield Finding(page, line, text)
    if not shown:
        yield Finding(PAGES[0], 0, "shows no command of preflight")


def shown_checklists(tree):
    """The YAML blocks of the pages: page, line, and the text."""
    for page in PAGES:
        for match in re.finditer(r"^```yaml\n(.*?)^```", tree.text(page), re.M | re.S):
            yield page, tree.text(page).count("\n", 0, match.start()) + 1, match[1]


def checklists(tree):
    """The shipped checklists and those that the pages show have no fault."""
    def fault(path):
        # Offline and without a single variable: only the text itself is judged.
        lint = subprocess.run(
            [tree.binary, "lint", path], cwd=tree.root, env={}, capture_output=True, text=True)
        if lint.returncode == 0:
            return None
        return (lint.stdout + lint.stderr).strip() or f"lint ended with {lint.returncode}"

    names = tree.under("checklists", suffix=".yaml")
    if not names:
        yield Finding("checklists", 0, "no checklist is shipped")
    for name in names:
        if told := fault(name):
            yield Finding(name, 0, told)
    for page, line, text in shown_checklists(tree):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            if told := fault(file.name):
                yield Finding(page, line, told)


RULES = [
    Rule("settings", settings, [
        Plant("a target without the settings", "Package.swift",
              '.target(name: "Monitor", dependencies: ["Core"])', old='stage("Monitor", ["Core"])'),
        Plant("warnings that are no errors", "Package.swift", "", old="  .treatAllWarnings(as: .error),\n"),
    ]),
    Rule("documentation", documentation, [
        Plant("a bare type", "Sources/Core/Planted.swift", "package struct Planted {}\n"),
        Plant("a bare function", "Sources/Core/Planted.swift", "package func planted() {\n}\n"),
    ]),
    Rule("kinds", kinds, [
        Plant("a kind that is not listed", "Sources/Checks/Kinds/PlantedCheck.swift",
              "struct PlantedCheck: CheckKind {}\n"),
        Plant("a listed kind that does not exist", "Sources/Checks/AllKinds.swift",
              "  SecretCheck.self,\n  PlantedCheck.self,\n", old="  SecretCheck.self,\n"),
    ]),
    Rule("make targets", make_targets, [
        Plant("a target that does not exist", "README.md", "```sh\nmake planted\n```\n"),
    ]),
    Rule("commands", commands, [
        Plant("a command that does not exist", "README.md", "`preflight planted`\n"),
        Plant("an option that does not exist", "README.md", "`preflight check --planted`\n"),
    ], needs_program=True),
    Rule("checklists", checklists, [
        Plant("a checklist with an unknown key", "checklists/planted.yaml",
              "version: 1\nplanted: true\n"),
        Plant("a shown checklist with an unknown key", "README.md",
              "```yaml\nversion: 1\nplanted: true\n```\n"),
    ], needs_program=True),
]
