import Glibc
import Testing

@Suite("Variables from files", .timeLimit(.minutes(2)))
struct EnvFileTests {
  /// A checklist and two env files in a folder of their own.
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = "/tmp/preflight-env-\(UInt32.random(in: .min ... .max))"
    unsafe mkdir(folder, 0o700)
    let files = [
      "checklist.yaml": """
      version: 1
      services: { database: { postgres: "${DATABASE_URL}" } }
      checks:
        - { id: key, secret: KEY, matches: "^one$" }
        - { id: table, table: t }
      """,
      "first.env": "KEY=one\nDATABASE_URL=postgres://u:hunter22@127.0.0.1:1/d\n",
      "second.env": "export KEY='two'\n",
    ]
    for (name, text) in files {
      guard let file = unsafe fopen("\(folder)/\(name)", "w") else { return #expect(Bool(false)) }
      unsafe fputs(text, file)
      unsafe fclose(file)
    }
    try await body(folder)
    for name in files.keys { unsafe remove("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }

  @Test("the last file wins, and the environment wins over both, even where it is empty")
  func precedence() async throws {
    try await inFolder { folder in
      let check = ["check", "checklist.yaml", "--only", "key", "--env-file"]
      let first = try await Program.run(check + ["first.env"], in: folder)
      #expect(first.status == 0)
      let both = check + ["first.env", "--env-file", "second.env"]
      #expect(try await Program.run(both, in: folder).status == 1)
      let reversed = check + ["second.env", "--env-file", "first.env"]
      #expect(try await Program.run(reversed, in: folder).status == 0)
      let own = try await Program.run(both, environment: ["KEY": "one"], in: folder)
      #expect(own.status == 0)
      let empty = try await Program.run(
        check + ["first.env"], environment: ["KEY": ""], in: folder)
      #expect(empty.status == 1)
      #expect(empty.output.contains("KEY is set, but empty"))
    }
  }

  @Test(
    "what they hold reaches the database and no report",
    arguments: [
      ["check", "checklist.yaml"], ["check", "checklist.yaml", "--report", "json", "-v"],
    ])
  func secrets(arguments: [String]) async throws {
    try await inFolder { folder in
      let result = try await Program.run(arguments + ["--env-file", "first.env"], in: folder)
      #expect(result.status == 2)
      #expect(result.output.contains("127.0.0.1:1 refuses connections"))
      #expect(!(result.output + result.error).contains("hunter22"))
    }
  }

  @Test("launch, run and jobs know them too")
  func otherCommands() async throws {
    let files = "Tests/BlackBoxTests/SilentPass"
    for command in [["launch"], ["run", "--ungated"], ["jobs"]] {
      let without = try await Program.run(command + ["\(files)/launch-no-rows/checklist.yaml"])
      #expect((without.output + without.error).contains("DATABASE_URL is not set"))
      let with = try await Program.run(
        command + ["\(files)/launch-no-rows/checklist.yaml", "--env-file", "\(files)/away.env"])
      #expect(with.status != 0)
      #expect((with.output + with.error).contains("127.0.0.1:1 refuses connections"))
    }
  }
}
