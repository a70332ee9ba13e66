import Core
import Glibc
import Postgres
import Subprocess
import SystemPackage
import Testing

@Suite("Through PgBouncer in transaction mode", .timeLimit(.minutes(2)))
struct PoolerTests {
  private func run(_ arguments: [String]) async throws -> Program.Result {
    try await Program.run(["sandbox", "--pgbouncer", "--", Program.path] + arguments)
  }

  @Test("the whole checklist passes as it does without, and its report tells of the pooler")
  func check() async throws {
    let text = try await run(["check", "checklists/embeddings.yaml"])
    #expect(text.output.steady == contents(of: "Tests/BlackBoxTests/Cases/healthy/stdout"))
    #expect(text.status == 0)
    let json = try await run(["check", "checklists/embeddings.yaml", "--report", "json"])
    #expect(json.output.contains(#""pooler": "transaction""#))
    #expect(json.status == 0)
    let direct = try await Program.runInSandbox(
      ["check", "checklists/embeddings.yaml", "--report", "json"])
    #expect(!direct.output.contains(#""pooler""#))
  }

  @Test("stored vectors of another model are told as they are without")
  func sameModel() async throws {
    let masked = try await Program.run(
      ["sandbox", "--pgbouncer", "--fault", "model-masked", "--", Program.path]
        + ["check", "checklists/embeddings.yaml", "--phase", "post-deploy"])
    #expect(
      masked.output.steady == contents(of: "Tests/BlackBoxTests/Cases/fault-model-masked/stdout"))
    #expect(masked.status == 1)
  }

  @Test("a first run is verified")
  func launch() async throws {
    let launched = try await run(["launch", "checklists/embeddings.yaml"])
    #expect(
      launched.output.steady == contents(of: "Tests/BlackBoxTests/Cases/launch-verified/stdout"))
    #expect(launched.status == 0)
  }

  @Test(
    "a sandbox that is killed leaves no pooler behind, and none of its files",
    arguments: [SIGKILL, SIGTERM])
  func killed(_ signal: Int32) async throws {
    let result = try await Subprocess.run(
      .path(FilePath(Program.path)),
      arguments: [
        "sandbox", "--pgbouncer", "--", "sh", "-c", "env; while kill -0 $PPID; do sleep 0.1; done",
      ],
      environment: .custom(["PATH": "/usr/bin:/bin"]), input: .none, output: .sequence,
      error: .discarded
    ) { execution -> [String: String] in
      var variables: [String: String] = [:]
      for try await line in execution.standardOutput.strings() {
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { variables[parts[0]] = parts[1] }
        if variables["DATABASE_URL"] != nil, variables["SOURCE_ROOT"] != nil { break }
      }
      kill(execution.processIdentifier.value, signal)
      return variables
    }
    let variables = result.closureResult
    let url = Secret(try #require(variables["DATABASE_URL"]))
    let source = try #require(variables["SOURCE_ROOT"])
    let folder = source.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    #expect(try await isGone(url, folder + "/pgbouncer/settings"))
    // Who is killed cannot remove the folder itself.
    _ = try await Subprocess.run(.name("rm"), arguments: ["-rf", folder], output: .discarded)
  }

  /// Whether a pooler comes to refuse connections and to have no files any more.
  private func isGone(_ url: Secret, _ file: String) async throws -> Bool {
    for _ in 0..<1_000 {
      do throws(PostgresFault) {
        await (try Connection.open(url, timeout: .seconds(10))).close()
      } catch {
        if case .refused = error, unsafe access(file, F_OK) == -1 { return true }
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
