import Glibc
import Subprocess
import SystemPackage
import Testing

@Suite("Secrets from files and from standard input", .timeLimit(.minutes(2)))
struct SecretFileTests {
  private static let checklist = """
    version: 1
    services:
      database: { postgres: "${DATABASE_URL:-postgres://127.0.0.1:1/d}" }
    checks:
      - { id: key, secret: KEY, matches: "^canary-[0-9]+$" }
      - { id: other, secret: OTHER }
      - { id: table, table: t, severity: warn }
    """

  /// Runs `check key other` in a folder of its own with these files.
  private func check(
    _ files: [String: String], environment: [String: String] = [:], arguments: [String] = [],
    input: String = ""
  ) async throws -> Program.Result {
    let folder = "/tmp/preflight-secrets-\(UInt32.random(in: .min ... .max))"
    unsafe mkdir(folder, 0o700)
    let all = files.merging(["checklist.yaml": Self.checklist, "input": input]) { own, _ in own }
    for (name, text) in all {
      let file = try unsafe #require(unsafe fopen("\(folder)/\(name)", "w"))
      unsafe fputs(text, file)
      unsafe fclose(file)
    }
    defer {
      for name in all.keys { unsafe remove("\(folder)/\(name)") }
      unsafe rmdir(folder)
    }
    var variables: [Environment.Key: String] = ["LC_ALL": "C.UTF-8", "COLUMNS": "300"]
    for (name, value) in environment.merging(
      ["OTHER": "A1b2C3d4E5"], uniquingKeysWith: { own, _ in own })
    {
      variables[try #require(Environment.Key(rawValue: name))] = value
    }
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: Arguments(
        ["-c", "exec \"$0\" \"$@\" < input", Program.path, "check", "checklist.yaml", "-v"]
          + arguments),
      environment: .custom(variables), workingDirectory: FilePath(folder), input: .none,
      output: .string(limit: 65_536), error: .string(limit: 65_536))
    guard case .exited(let status) = result.terminationStatus else { throw Ended() }
    return Program.Result(
      status: status, output: result.standardOutput, error: result.standardError)
  }

  private struct Ended: Error {}

  @Test(
    "NAME_FILE names a file whose contents are the secret, without the line end",
    arguments: ["", "\n"])
  func fromFile(end: String) async throws {
    let result = try await check(
      ["key": "canary-4711" + end], environment: ["KEY_FILE": "key"],
      arguments: ["--only", "key", "--only", "other"])
    #expect(result.status == 0, "\(result)")
    #expect(!(result.output + result.error).contains("canary"))
  }

  @Test(
    "a file that gives no secret is told at its check, and the others are asked all the same",
    arguments: [
      (
        ["KEY_FILE": "gone"], "",
        "KEY has no value: KEY_FILE names \"gone\", which cannot be used: No such file or directory"
      ),
      (
        ["KEY_FILE": "."], "",
        "KEY has no value: KEY_FILE names \".\", which cannot be used: Is a directory"
      ),
      (
        ["KEY_FILE": "key", "KEY": "canary-2"], "canary-2",
        "KEY has no value: KEY and KEY_FILE are both set"
      ),
      (
        ["KEY_FILE": "key"], "canary-1\r\n",
        "KEY holds a line break and does not match /^canary-[0-9]+$/"
      ),
      (["KEY_FILE": "key"], "", "KEY is set, but empty"),
    ])
  func faults(_ environment: [String: String], _ contents: String, _ words: String) async throws {
    let result = try await check(
      ["key": contents], environment: environment, arguments: ["--only", "key", "--only", "other"])
    #expect(result.status == 1)
    #expect(result.output.contains("✓ other"))
    #expect(result.output.contains("\n    \(words)\n"), "\(result.output)")
    #expect(
      result.output.contains("\n      unset KEY; printf '%s' '…' > \"$KEY_FILE\"   # the secret"))
    #expect(!result.output.contains("canary-1") && !result.output.contains("canary-2"))
  }

  @Test("a connection's URL may stand in a file; a default does not replace a file that is gone")
  func connections() async throws {
    let found = try await check(
      ["url": "postgres://u:canary-77@127.0.0.1:1/other"],
      environment: ["DATABASE_URL_FILE": "url", "KEY": "canary-1"], arguments: ["--report", "json"])
    #expect(found.output.contains("127.0.0.1:1 refuses connections"))
    #expect(!found.output.contains("canary-77"))
    let gone = try await check(
      [:], environment: ["DATABASE_URL_FILE": "gone", "KEY": "canary-1"])
    #expect(
      gone.output.contains(
        """
        the postgres service cannot be asked: DATABASE_URL has no value: DATABASE_URL_FILE names \
        "gone", which cannot be used: No such file or directory
        """), "\(gone.output)")
  }

  @Test("a variable that holds no secret is not looked for in a file")
  func onlySecrets() async throws {
    let result = try await check(
      ["key": "canary-1"],
      environment: ["KEY": "canary-1", "HOME_FILE": "gone", "PATH_FILE": "gone"],
      arguments: ["--only", "key"])
    #expect(result.status == 0)
  }

  @Test("--env-file - reads them from standard input, once")
  func standardInput() async throws {
    let only = ["--only", "key"]
    let result = try await check(
      [:], arguments: only + ["--env-file", "-"], input: "# from a vault\nKEY=canary-9\n")
    #expect(result.status == 0)
    #expect(!(result.output + result.error).contains("canary"))
    let faulty = try await check(
      [:], arguments: only + ["--env-file", "-"], input: "KEY = canary-9\n")
    #expect(faulty.status == 78)
    #expect(
      faulty.error.hasPrefix("standard input:1:4: error: no `=` stands right behind the name"))
    #expect(!faulty.error.contains("canary"))
    let twice = try await check([:], arguments: only + ["--env-file", "-", "--env-file", "-"])
    #expect(twice.status == 64)
    #expect(twice.error.contains("--env-file - reads standard input, which can be read only once"))
  }
}
