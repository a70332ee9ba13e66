"""Who may import whom, and where memory safety may be argued for by hand."""

from .rule import Plant, Rule
from .tree import Finding, code

LIBC = {"Glibc", "Musl"}
CONCURRENCY = {"Synchronization", "Dispatch"}

# The targets in the order in which the data goes, each with the modules that it may import.
LAYERS = {
    "CLibYAML": set(),
    "CLibCURL": set(),
    "CMalloc": set(),
    "CLibPQ": set(),
    "Core": {"SwiftOverlayShims"} | LIBC,
    "Digest": {"Crypto"},
    "Files": LIBC,
    "YAML": {"Core", "CLibYAML"},
    "HTTP": {"Core", "CLibCURL"} | LIBC | CONCURRENCY,
    "Postgres": {"Core", "Digest", "CLibPQ"} | LIBC | CONCURRENCY,
    "Checklist": {"Core", "Digest", "YAML"},
    "Embeddings": {"Core", "HTTP", "FoundationEssentials", "Synchronization"},
    "Supabase": {"Core", "Digest", "HTTP", "FoundationEssentials"},
    "Gate": {"Core", "Checklist"},
    "Checks": {"Core", "Files", "Gate", "Checklist", "Embeddings", "Supabase", "Postgres", "HTTP"}
    | {"FoundationEssentials", "Subprocess", "SystemPackage"} | LIBC | CONCURRENCY,
    "Discovery": {"Core", "Files", "Embeddings", "Postgres"},
    "Monitor": {"Core"},
    "Runner": {"Core", "Digest", "Checklist", "Gate", "Monitor", "Embeddings", "Postgres"}
    | {"Synchronization"} | LIBC,
    "Reports": {"Core", "Checklist", "Gate", "Monitor", "FoundationEssentials"} | LIBC,
    "Sandbox": {"Core", "Digest", "Postgres", "FoundationEssentials"}
    | {"FlyingFox", "FlyingSocks", "Subprocess", "SystemPackage"} | LIBC | CONCURRENCY,
    "preflight": {"Core", "Checklist", "Gate", "Checks", "Discovery", "Embeddings", "HTTP", "Monitor"}
    | {"CMalloc", "Postgres", "Reports", "Runner", "Sandbox", "ArgumentParser"} | LIBC | CONCURRENCY,
}

IMPORT = r"^\s*(?:@\w+ )*(?:\w+ )?import (?:(?:struct|class|enum|func|protocol|var|let|typealias) )?(\w+)"

# Files and folders that speak to C or to the kernel.
UNSAFE_PLACES = (
    "Sources/Files/",
    "Sources/HTTP/",
    "Sources/YAML/",
    "Sources/Postgres/",
    "Sources/Core/Timestamp.swift",
    "Sources/Runner/Queue/WorkerIdentity.swift",
    "Sources/Checks/Commands/CommandRun.swift",
    "Sources/Reports/ReportFile.swift",
    "Sources/Sandbox/PostgresServer/",
    "Sources/Sandbox/Command/",
    "Sources/preflight/Surroundings/",
)

# What only the program itself may touch: standard output, the environment, the end of the process.
EDGES = r"(?<![\w.])(?:print|fputs|puts|exit|_exit|getenv|setenv)\(|\benviron\b|\bProcessInfo\b|\bCommandLine\b"


def folders_are_targets(tree):
    declared = {
        target["name"]: target.get("path") or f"Sources/{target['name']}"
        for target in tree.manifest["targets"] if target["type"] != "test"
    }
    folders = {name.split("/")[1] for name in tree.under("Sources")}
    for folder in sorted(folders):
        if declared.get(folder) != f"Sources/{folder}":
            yield Finding(f"Sources/{folder}", 0, "is no target of Package.swift")
        if folder not in LAYERS:
            yield Finding(f"Sources/{folder}", 0, "is not in LAYERS of scripts/verification/layers.py")
    for name in LAYERS.keys() - folders:
        yield Finding(f"Sources/{name}", 0, "is a layer without files")
    for target in tree.manifest["targets"]:
        path = f"Sources/{target['name']}"
        if target["type"] == "system" and f"{path}/module.modulemap" not in tree.files:
            yield Finding(path, 0, "is a C target without a module map")


def imports(tree):
    for name, line, match in tree.grep(tree.swift("Sources"), IMPORT):
        target, module = name.split("/")[1], match[1]
        if module not in LAYERS.get(target, set()):
            yield Finding(name, line, f"{target} may not import {module}")
    for name, line, match in tree.grep(tree.swift("Tests"), IMPORT):
        if match[1].startswith("Foundation") and match[1] != "FoundationEssentials":
            yield Finding(name, line, f"tests may not import {match[1]}")
    for target in tree.manifest["targets"]:
        if target["name"] not in LAYERS:
            continue
        for dependency in target["dependencies"]:
            module = next(iter(dependency.values()))[0]
            if module not in LAYERS[target["name"]]:
                yield Finding("Package.swift", 0, f"{target['name']} may not depend on {module}")


def unsafe(tree):
    for name, line, _ in tree.grep(tree.swift("Sources"), r"\bunsafe\b", code):
        if not name.startswith(UNSAFE_PLACES):
            yield Finding(name, line, "unsafe outside the files that speak to C")


def reasons(tree):
    # A trap with a message says why by itself.
    claims = r"@unchecked|nonisolated\(unsafe\)|\btry!|\bfatalError\(\)"
    for name, line, match in tree.grep(tree.swift("Sources", "Tests"), claims, code):
        nearby = tree.text(name).splitlines()[max(0, line - 4):line + 2]
        if not any("//" in text for text in nearby):
            yield Finding(name, line, f"{match[0]} without its reason in a comment")


def edges(tree):
    for name, line, match in tree.grep(tree.swift("Sources"), EDGES, code):
        if not name.startswith("Sources/preflight/"):
            yield Finding(name, line, f"{match[0]} belongs to Sources/preflight alone")


RULES = [
    Rule("targets", folders_are_targets, [
        Plant("a folder that is no target", "Sources/Utils/Planted.swift", "struct Planted {}\n"),
    ]),
    Rule("imports", imports, [
        Plant("Core imports Postgres", "Sources/Core/Planted.swift", "internal import Postgres\n"),
        Plant("Gate imports Foundation", "Sources/Gate/Planted.swift", "import Foundation\n"),
        Plant("a test imports Foundation", "Tests/CoreTests/Planted.swift", "import Foundation\n"),
        Plant("Monitor depends on HTTP", "Package.swift",
              'stage("Monitor", ["Core", "HTTP"])', old='stage("Monitor", ["Core"])'),
    ]),
    Rule("unsafe", unsafe, [
        Plant("unsafe in Gate", "Sources/Gate/Planted.swift", "let planted = unsafe peek()\n"),
    ]),
    Rule("reasons", reasons, [
        Plant("@unchecked without a reason", "Sources/HTTP/Planted.swift",
              "final class Planted: @unchecked Sendable {}\n"),
        Plant("try! without a reason", "Tests/CoreTests/Planted.swift",
              "let planted = try! read()\n"),
    ]),
    Rule("edges", edges, [
        Plant("print in Runner", "Sources/Runner/Planted.swift",
              'func planted() { print("done") }\n'),
        Plant("the environment in Checks", "Sources/Checks/Planted.swift",
              'let planted = getenv("HOME")\n'),
    ]),
]
