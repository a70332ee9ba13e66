// swift-tools-version: 6.2
import PackageDescription

// One list for every Swift target: what is left of the upcoming features in Swift 6.3, memory
// safety that has to be argued for at each C call, and no warning that anybody could overlook.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
// Paths, as Subprocess takes them.
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func stage(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "preflight",
  products: [.executable(name: "preflight", targets: ["preflight"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
    .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
    .package(url: "https://github.com/apple/swift-system", .upToNextMinor(from: "1.8.1")),
    .package(
      url: "https://github.com/swiftlang/swift-subprocess", .upToNextMinor(from: "1.0.2"),
      traits: []),
  ],
  targets: [
    // The C libraries, with typed shims for what Swift cannot call.
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CLibCURL", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

    // Values that every stage speaks, the file system, and the three wires.
    stage("Core"),
    stage("Digest", [crypto]),
    stage("Files"),
    stage("YAML", ["Core", "CLibYAML"]),
    stage("HTTP", ["Core", "CLibCURL"]),
    stage("Postgres", ["Core", "Digest", "CLibPQ"]),

    // Text to checklist; the hosted services; checklist to verdict.
    stage("Checklist", ["Core", "Digest", "YAML"]),
    stage("Embeddings", ["Core", "HTTP"]),
    stage("Supabase", ["Core", "Digest", "HTTP"]),
    stage("Gate", ["Core", "Checklist"]),
    stage(
      "Checks",
      [
        "Core", "Files", "Gate", "Checklist", "Embeddings", "Supabase", "Postgres", "HTTP",
        subprocess,
        system,
      ]),

    // A project as it stands to a first checklist.
    stage("Discovery", ["Core", "Files", "Embeddings", "Postgres"]),

    // Verdict to a watched first run.
    stage("Monitor", ["Core"]),
    stage("Runner", ["Core", "Digest", "Checklist", "Gate", "Monitor", "Embeddings", "Postgres"]),

    // What people and machines read; the throw-away world; the program.
    stage("Reports", ["Core", "Checklist", "Gate", "Monitor"]),
    stage("Sandbox", ["Core", "Digest", "Postgres", flyingFox, subprocess, system]),
    .executableTarget(
      name: "preflight",
      dependencies: [
        "Core", "CMalloc", "Checklist", "Gate", "Checks", "Discovery", "Embeddings", "HTTP",
        "Monitor", "Postgres", "Reports", "Runner", "Sandbox", argumentParser,
      ],
      swiftSettings: settings),

    // Answers over a raw socket, byte by byte as a test wrote them.
    .target(name: "ScriptedServer", path: "Tests/ScriptedServer", swiftSettings: settings),
    // The postmortem's database on a server that all tests share, and an endpoint for each test.
    .target(
      name: "TestWorld", dependencies: ["Core", "Postgres", "Sandbox"], path: "Tests/TestWorld",
      swiftSettings: settings),
    tests("CoreTests", ["Core"]),
    tests("FilesTests", ["Files"]),
    tests("YAMLTests", ["Core", "YAML"]),
    tests("HTTPTests", ["Core", "HTTP", "ScriptedServer"]),
    tests("PostgresTests", ["Core", "Postgres", "Sandbox"]),
    tests("ChecklistTests", ["Core", "Checklist"]),
    tests("EmbeddingsTests", ["Core", "HTTP", "Embeddings", "Sandbox", "ScriptedServer"]),
    tests("SupabaseTests", ["Core", "Digest", "HTTP", "Supabase", "ScriptedServer"]),
    tests("GateTests", ["Core", "Checklist", "Gate"]),
    tests(
      "ChecksTests",
      [
        "Core", "Checklist", "Checks", "Embeddings", "Gate", "HTTP", "Postgres", "Sandbox",
        "ScriptedServer", "TestWorld",
      ]),
    tests("DiscoveryTests", ["Core", "Discovery", "Postgres", "TestWorld"]),
    tests("MonitorTests", ["Core", "Monitor"]),
    tests(
      "RunnerTests",
      [
        "Core", "Checklist", "Checks", "Embeddings", "Gate", "HTTP", "Monitor", "Postgres",
        "Runner", "Sandbox", "ScriptedServer", "TestWorld",
      ]),
    tests("ReportsTests", ["Core", "Checklist", "Gate", "Monitor", "Reports"]),
    tests("SandboxTests", ["Core", "Postgres", "Sandbox"]),
    tests(
      "BlackBoxTests",
      [
        "Checklist", "Checks", "Core", "Postgres", "preflight", "Sandbox", "ScriptedServer",
        subprocess, system,
      ],
      exclude: [
        "Cases", "Corpora", "Fleet/chaos.yaml", "Fleet/hosts.py", "Fleet/skewed_clock.c",
        "Pipelines", "SilentPass", "Unchanged",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
