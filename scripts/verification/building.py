"""The two steps that compile: the build, and the tests with their counts."""

import os
import re
import signal
import subprocess
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

# One configuration for everything here. The black-box tests use the program that this build leaves
# in .build/debug.
CHECKED = ["--explicit-target-dependency-import-check", "error"]
BUILD = ["swift", "build", "--build-tests", *CHECKED]
# Hundreds of tests at once would take each other's time and the test server's connections, and make
# every deadline a matter of luck.
TEST = [
    "swift", "test", "--skip-build", "--disable-xctest", *CHECKED,
    "--experimental-maximum-parallelization-width", "2",
]
LIMIT_SECONDS = 1300


@dataclass(frozen=True)
class Answer:
    """What is wrong (nothing if it went well), and the line that says how it ended."""

    faults: list[str]
    closing: str


def run(command, directory, is_shown):
    """Runs a command within the limit; shows its lines as they come, and keeps them."""
    process = subprocess.Popen(
        command, cwd=directory, text=True, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    lines = []

    def stop():
        lines.append(f"error: stopped after {LIMIT_SECONDS} s")
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(LIMIT_SECONDS, stop)
    timer.start()
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if is_shown:
                print(line, end="", flush=True)
        return process.wait(), lines
    finally:
        timer.cancel()
        # Also when this script is interrupted: nothing goes on in the background.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def build(directory, is_shown=True):
    status, lines = run(BUILD, directory, is_shown)
    # Each error once: the compiler repeats them, and draws them below the line of source as well.
    errors = list(dict.fromkeys(line for line in lines if re.match(r"[^|`]*\berror: ", line)))
    closing = next((line for line in reversed(lines) if line), "")
    if status == 0:
        return Answer([], closing)
    return Answer(errors or [f"the build ended with status {status}"], closing)


def test(directory, is_shown=True, only=None):
    """Runs the tests and counts from their own report: none run, or one skipped, is a fault."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "tests.xml"
        selection = ["--filter", only] if only else []
        status, lines = run([*TEST, "--xunit-output", report, *selection], directory, is_shown)
        counts = counted(report)
    closings = [line for line in lines if re.search(r"Test run with \d+ tests? ", line)]
    faults = [] if status == 0 else [f"swift test ended with status {status}"]
    if counts is None:
        faults.append("the tests left no report")
    else:
        if counts["ran"] == 0:
            faults.append("no test ran")
        faults += [f"{name} failed" for name in counts["failed"]]
        faults += [f"{name} was skipped" for name in counts["skipped"]]
    if not closings:
        faults.append("the tests did not come to their end")
    return Answer(faults, closings[-1] if closings else "")


def counted(report):
    """What the report of a test run says, or None where there is none."""
    try:
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return None

    def named(kind):
        return [
            f"{case.get('classname')}.{case.get('name')}" for case in cases
            if case.find(kind) is not None
        ]

    return {
        "ran": len(cases) - len(named("skipped")),
        "failed": named("failure"),
        "skipped": named("skipped"),
    }
