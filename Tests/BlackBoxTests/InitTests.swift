import Core
import FoundationEssentials
import Glibc
import Postgres
import Sandbox
import Testing

/// A folder of the test's own, gone after it.
private struct Folder {
  let path = "/tmp/preflight-init-\(UInt32.random(in: .min ... .max))"

  static func with(_ files: [String: String] = [:], _ body: (Folder) async throws -> Void)
    async throws
  {
    let folder = Folder()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: false)
    for (name, text) in files { try folder.write(text, as: name) }
    try await body(folder)
  }

  func write(_ text: String, as name: String) throws {
    let file = "\(path)/\(name)"
    let parent = file.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  func text(_ name: String = "preflight.yaml") throws -> String {
    try String(decoding: Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  func run(_ arguments: String..., environment: [String: String] = [:]) async throws
    -> Program.Result
  { try await Program.run(arguments, environment: environment, in: path) }
}

/// A sandbox for the length of a test.
private func withSandbox(
  _ faults: Set<SandboxFault> = [], _ body: (Sandbox) async throws -> Void
) async throws {
  let sandbox = try await Sandbox.start(SandboxOptions(faults: faults))
  let result: Result<Void, any Error>
  do { result = .success(try await body(sandbox)) } catch { result = .failure(error) }
  await sandbox.stop()
  try result.get()
}

extension Sandbox {
  /// Runs the program in the planted source tree.
  fileprivate func run(_ arguments: String...) async throws -> Program.Result {
    try await Program.run(arguments, environment: environment, in: sourceRoot)
  }
}

extension Program.Result {
  /// The ids of the checks that a text report marks so.
  fileprivate func ids(_ mark: Character) -> [String] {
    output.split(separator: "\n").filter { $0.first == mark }
      .map { String($0.split(separator: " ")[1]) }
  }
}

@Suite("preflight init", .timeLimit(.minutes(3)))
struct InitTests {
  /// The check that names each of the postmortem's causes, in the order of the checklist.
  private static let causes: [(check: String, fault: SandboxFault)] = [
    ("secret.openai_api_key", .keyNotDeployed), ("dimension", .dimensionsIgnored),
    ("source.upsert_syntax", .upsertSyntax),
    ("function.increment_embedding_job_progress", .functionMissing),
    ("jobs.empty.embedding_jobs", .jobCompletedEmpty), ("jobs.stuck.embedding_jobs", .jobsStuck),
  ]

  @Test("what it writes for the healthy sandbox passes there, runs, and catches all six causes")
  func postmortem() async throws {
    #expect(Set(Self.causes.map(\.fault)) == Set(SandboxFault.postmortemCauses))
    var checklist = Data()
    try await withSandbox { sandbox in
      #expect(try await sandbox.run("init").status == 0)
      let path = URL(filePath: "\(sandbox.sourceRoot)/preflight.yaml")
      checklist = try Data(contentsOf: path)
      let lint = try await sandbox.run("lint", "--fail-on", "warn")
      #expect(lint.status == 0)
      #expect(lint.error == "")
      let check = try await sandbox.run("check", "preflight.yaml")
      #expect(check.status == 0)
      #expect(check.ids("✓").count == 14)
      #expect(check.output.hasSuffix("Next: preflight launch preflight.yaml\n"))
      let launch = try await sandbox.run("launch", "preflight.yaml")
      #expect(launch.status == 0)
      #expect(launch.output.contains("VERIFIED: 100 of 100 items stored."))
    }
    try await withSandbox([.postmortem]) { sandbox in
      try checklist.write(to: URL(filePath: "\(sandbox.sourceRoot)/preflight.yaml"))
      let check = try await sandbox.run("check", "preflight.yaml")
      #expect(check.status == 1)
      #expect(check.ids("✗") + check.ids("!") == Self.causes.map(\.check))
    }
  }

  @Test("on a broken project it writes what finds the faults", arguments: Self.brokenWorlds)
  func broken(fault: SandboxFault, ids: [String]) async throws {
    try await withSandbox([fault]) { sandbox in
      #expect(try await sandbox.run("init").status == 0)
      #expect(try await sandbox.run("lint", "--fail-on", "warn").status == 0)
      let check = try await sandbox.run("check", "preflight.yaml")
      #expect(check.ids("✗") + check.ids("!") == ids)
      #expect(check.status == (fault == .jobsStuck ? 0 : 1))
    }
  }

  private static let brokenWorlds: [(SandboxFault, [String])] = [
    (.postmortem, causes.map(\.check)), (.columnDimension, ["dimension.1536"]),
    (.functionRenamedArgument, ["function.increment_embedding_job_progress"]),
    (.constraintMissing, ["upsert.similarity_cache"]),
    (.keyMissing, ["secret.openai_api_key"]), (.jobsStuck, ["jobs.stuck.embedding_jobs"]),
  ]

  @Test("a file that is there is never overwritten, whatever it is")
  func occupied() async throws {
    try await Folder.with(["preflight.yaml": "mine", "folder/a": ""]) { folder in
      let result = try await folder.run("init")
      #expect(result.status == 64)
      #expect(
        result.error == "preflight init: \"preflight.yaml\" is there already and stays as it is; "
          + "name another file with --output\n")
      #expect(try folder.text() == "mine")
      #expect(try await folder.run("init", "--output", "folder").status == 64)
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/link.yaml", withDestinationPath: "nowhere")
      let link = try await folder.run("init", "--output", "link.yaml")
      #expect(link.status == 64)
      #expect(!folder.has("nowhere"))
      let away = try await folder.run("init", "--output", "away/preflight.yaml")
      #expect(away.status == 70)
      #expect(
        away.error
          == "preflight init: cannot write \"away/preflight.yaml\": No such file or directory\n")
    }
  }

  @Test("without a database the file tells what the source tree does, and the exit code the gap")
  func noDatabase() async throws {
    let code = "db.from('cache').upsert(rows, { onConflict: 'a' }); Deno.env.get('MAIL_TOKEN');"
    try await Folder.with(["src/a.ts": code]) { folder in
      let result = try await folder.run("init")
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(
        result.error == """
          looked at:
            database      DATABASE_URL: not read
            source tree   .: 1 file
            .env.example  not there
            environment   names, and no value
          not looked at:
            The database could not be asked: DATABASE_URL is not set.
          wrote preflight.yaml: 5 checks, 2 services, 0 pipelines
          Next: preflight check preflight.yaml

          """)
      let text = try folder.text()
      #expect(text.contains("# - The database could not be asked: DATABASE_URL is not set.\n"))
      #expect(text.contains("  - id: upsert.cache\n    upsert: cache\n    on_conflict: [a]\n"))
      #expect(text.contains("  - id: secret.mail_token\n"))
      #expect(try await folder.run("lint", "--fail-on", "warn").status == 0)
      // An unset database is no pass.
      #expect(try await folder.run("check").status == 1)
    }
  }

  @Test("a database that cannot be reached is told without its password")
  func unreachable() async throws {
    try await Folder.with { folder in
      let result = try await folder.run(
        "init", "--database", "ELSEWHERE",
        environment: ["ELSEWHERE": "postgres://me:canary-password@127.0.0.1:1/d"])
      #expect(result.status == 2)
      #expect(result.error.contains("127.0.0.1:1 refuses connections"))
      let text = try folder.text()
      #expect(!(result.error + text).contains("canary"))
      #expect(text.contains("# - The database could not be asked: 127.0.0.1:1 refuses"))
      #expect(try await folder.run("lint").status == 0)
    }
  }

  @Test("an empty database of somebody else's has nothing to check, and that is told")
  func emptyDatabase() async throws {
    try await withSandbox { sandbox in
      let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
      try await connection.script(
        "drop schema public cascade; create schema public", timeout: .seconds(10))
      await connection.close()
      try await Folder.with { folder in
        let url = sandbox.databaseURL.reveal { $0 }
        let result = try await folder.run("init", environment: ["DATABASE_URL": url])
        #expect(result.status == 0)
        #expect(result.error.contains("DATABASE_URL: 0 tables and 0 functions of interest\n"))
        let text = try folder.text()
        #expect(text.contains("holds nothing that a checklist could be guessed from."))
        #expect(text.contains("# No pipeline: "))
        #expect(try await folder.run("lint", "--fail-on", "warn").status == 0)
      }
    }
  }

  @Test("the database's variable is named, not its URL, and a wrong folder is no empty one")
  func usage() async throws {
    try await Folder.with(["a.env": "not a line\n"]) { folder in
      let url = try await folder.run("init", "--database", "postgres://me:canary@h/d")
      #expect(url.status == 64)
      #expect(url.error.contains("--database takes the name of a variable, such as DATABASE_URL"))
      #expect(!url.error.contains("canary"))
      let source = try await folder.run("init", "--source", "away")
      #expect(source.status == 64)
      #expect(source.error.contains("there is no folder \"away\""))
      #expect(try await folder.run("init", "--env-file", "a.env").status == 78)
      #expect(!folder.has("preflight.yaml"))
    }
  }

  @Test("no value of a variable reaches the file or the output, from wherever it comes")
  func values() async throws {
    try await withSandbox { sandbox in
      var environment = sandbox.environment
      let canaries = ["canary-one", "canary-two", "canary-three", "canary-four"]
      environment["CLIENT_SECRET"] = canaries[0]
      environment["SOME_URL"] = "https://user:\(canaries[1])@example.com"
      let files = [
        ".env.example": "EXAMPLE_TOKEN=\(canaries[2])\n", "a.env": "OTHER_KEY=\(canaries[3])\n",
        "src/a.py": "os.getenv('CLIENT_SECRET')\n",
      ]
      try await Folder.with(files) { folder in
        let result = try await folder.run(
          "init", "--output", "-", "--env-file", "a.env", environment: environment)
        #expect(result.status == 0)
        #expect(!folder.has("preflight.yaml"))
        for name in ["CLIENT_SECRET", "EXAMPLE_TOKEN", "OTHER_KEY"] {
          #expect(result.output.contains(name), "\(name)")
        }
        for value in Array(environment.values) + canaries where value.count > 8 {
          #expect(!(result.output + result.error).contains(value))
        }
      }
    }
  }

  @Test("an editor's schema is named where it stands beside the file")
  func schema() async throws {
    let schema = "schemas/checklist.v1.schema.json"
    try await Folder.with([schema: "{}", "deploy/\(schema)": "{}", "other/a": ""]) { folder in
      let line = "# yaml-language-server: $schema=./schemas/checklist.v1.schema.json\n"
      for output in ["a.yaml", "deploy/a.yaml", "other/a.yaml"] {
        let result = try await folder.run("init", "--output", output)
        #expect(result.status == 2)
        let text = try folder.text(output)
        #expect(text.hasPrefix(line) == !output.hasPrefix("other"))
      }
    }
  }
}
