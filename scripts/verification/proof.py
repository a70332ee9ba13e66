"""The self-test: plants one violation after the other and must see each caught."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import building
from .tree import Tree

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

{settings}

let package = Package(
  name: "scratch",
  targets: [
    .target(name: "One", swiftSettings: settings),
    .target(name: "Two", swiftSettings: settings),
    .testTarget(name: "OneTests", dependencies: ["One"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
"""

SOURCES = {
    "Sources/One/One.swift": "package let one = 1\n",
    "Sources/Two/Two.swift": "package let two = 2\n",
    "Tests/OneTests/OneTests.swift": """\
import Testing

@Test func passes() { #expect(Bool(true)) }
@Test func fails() { #expect(Bool(false)) }
@Test(.disabled("planted")) func skipped() {}
@Test func traps() { fatalError("planted") }
""",
}

# What is planted, where, and what the build has to say about it.
BUILD_PLANTS = [
    ("a warning", "Sources/One/One.swift", "func planted() {\n  let unused = 1\n}\n",
     "'unused' was never used"),
    ("an unmarked unsafe call", "Sources/One/One.swift",
     "func planted(_ place: UnsafePointer<Int>) -> Int { place.pointee }\n",
     "not marked with 'unsafe'"),
    ("an import of a target that is no dependency", "Sources/Two/Two.swift",
     "internal import One\n\nlet planted = one\n",
     "without declaring it a dependency"),
]

# What is run, and the fault that must be found; None for the run that must be found clean.
TEST_PLANTS = [
    ("the absence of a fault in a passing test", "passes", None),
    ("a failing test", "fails", "OneTests.fails() failed"),
    ("a skipped test", "(skipped|passes)", "OneTests.skipped() was skipped"),
    ("no test at all", "planted", "no test ran"),
    ("a test that ends the process", "traps", "the tests left no report"),
]


def git(directory, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=verify", "-c", "user.email=verify@localhost",
         "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", *arguments],
        cwd=directory, check=True, capture_output=True)


def copy_of(tree, directory):
    for name in tree.files:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.root / name, target)
    git(directory, "init", "--quiet")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", "The tree as it is")
    return Tree(directory, tree.binary)


def plant(tree, planted):
    """Changes the tree; says whether there was anything to change."""
    path = tree.root / planted.path
    new = planted.new.replace("{root}", str(tree.root.resolve()))
    if planted.old is not None:
        text = path.read_text()
        if planted.old not in text:
            return False
        new = text.replace(planted.old, new)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new)
    # Forced, so that the plant is seen though it is ignored.
    git(tree.root, "add", "--force", planted.path)
    return True


def rules_proved(tree, rules):
    """Yields rule, plant, and whether the rule found the plant; what it found before counts not."""
    with tempfile.TemporaryDirectory(prefix="preflight-verify.") as scratch:
        copy = copy_of(tree, Path(scratch))
        for rule in rules:
            before = set(rule.check(Tree(copy.root, copy.binary)))
            if not rule.plants:
                yield rule.name, "nothing is planted", False
            for planted in rule.plants:
                if not plant(copy, planted):
                    yield rule.name, f"{planted.what}: {planted.path} is not as expected", False
                    continue
                after = set(rule.check(Tree(copy.root, copy.binary)))
                place = "/".join(planted.path.split("/")[:2])
                yield rule.name, planted.what, any(
                    finding.path.startswith(place) for finding in after - before)
                git(copy.root, "reset", "--quiet", "--hard")
                git(copy.root, "clean", "--quiet", "-ffdx")


def building_proved(tree):
    """The same for the build and the tests, in a package of two files with the project's settings."""
    settings = re.search(
        r"^let settings: .*?^\]$", tree.text("Package.swift"), re.MULTILINE | re.DOTALL)
    with tempfile.TemporaryDirectory(prefix="preflight-verify.") as scratch:
        directory = Path(scratch)
        files = {"Package.swift": MANIFEST.replace("{settings}", settings[0]), **SOURCES}
        for name, text in files.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(text)
        clean = building.build(directory, is_shown=False)
        yield "build", "the absence of a fault in a clean package", not clean.faults
        for what, selection, expected in TEST_PLANTS:
            faults = building.test(directory, is_shown=False, only=selection).faults
            yield "tests", what, expected in faults if expected else not faults
        for what, name, text, expected in BUILD_PLANTS:
            (directory / name).write_text(text)
            faults = building.build(directory, is_shown=False).faults
            yield "build", what, any(expected in fault for fault in faults)
            (directory / name).write_text(files[name])
