import Core
import Glibc
import Postgres
import Sandbox
import ScriptedServer
import Testing

@Suite("Bad input has its own message and its exit status", .timeLimit(.minutes(3)))
struct BadInputTests {
  private static let checklist = "Tests/BlackBoxTests/Cases/healthy-database/checklist.yaml"

  /// Checks one database and says what the report says of it.
  private func check(_ url: String) async throws -> Program.Result {
    try await Program.run(["check", Self.checklist], environment: ["DATABASE_URL": url])
  }

  @Test("a database that refuses connections cannot be judged")
  func refused() async throws {
    let port = RefusingPort()
    let result = try await check("postgres://somebody:hunter22@127.0.0.1:\(port.port)/none")
    #expect(result.status == 2)
    #expect(result.output.contains("127.0.0.1:\(port.port) refuses connections"))
    #expect(!result.output.contains("hunter22"))
  }

  @Test("a server that is not Postgres cannot be judged")
  func notPostgres() async throws {
    let server = UnaskedServer("HTTP/1.1 400 Bad Request\r\n\r\n")
    let result = try await check("postgres://somebody@127.0.0.1:\(server.port)/none")
    #expect(result.status == 2)
    #expect(result.output.contains("what answers at 127.0.0.1:\(server.port) is not Postgres"))
  }

  @Test("a server that never answers cannot be judged, within its deadline")
  func hanging() async throws {
    let server = ScriptedServer { _ in [.hang] }
    let result = try await Program.run(
      ["check", Self.checklist, "--deadline", "500ms"],
      environment: ["DATABASE_URL": "postgres://somebody@127.0.0.1:\(server.port)/none"])
    #expect(result.status == 2)
    #expect(
      result.output.contains("no answer within 500ms, the deadline of the whole run"))
  }

  @Test("a wrong password and an unknown database fail, for good")
  func refusedLogin() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    let url = sandbox.databaseURL.reveal { $0 }
    let wrong = try await check(url.replacing(/\/\/postgres:[^@]*@/, with: "//postgres:wrong-one@"))
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("password authentication failed"))
    #expect(!wrong.output.contains("wrong-one"))
    let unknown = try await check(url.replacing(/\/postgres$/, with: "/nowhere"))
    #expect(unknown.status == 1)
    #expect(unknown.output.contains("the database nowhere does not exist"))
    await sandbox.stop()
  }

  @Test("a database without pgvector fails at the dimension, and says so")
  func withoutExtension() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(5))
    try await connection.script("drop extension vector cascade", timeout: .seconds(5))
    await connection.close()
    let result = try await Program.run(
      ["check", "checklists/embeddings.yaml"], environment: sandbox.environment)
    #expect(result.status == 1)
    #expect(
      result.output.contains(
        """
            observed  the database has no extension vector (pgvector); issues has no column \
        embedding; similarity_cache has no column embedding
            fix
              create extension vector;
              alter table issues add column embedding vector(384);
              alter table similarity_cache add column embedding vector(384);

        """))
    await sandbox.stop()
  }

  @Test(
    "an endpoint that does not answer as one cannot be judged, and nothing is written",
    arguments: [
      (EndpointBehaviour.html, "HTML"), (.halfBody, "half"), (.emptyReply, "without"),
      (.wrongCount, "vectors"), (.nullInVector, "null"), (.serverError, "500"),
    ])
  func endpoint(behaviour: EndpointBehaviour, word: String) async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    sandbox.endpoint.misbehave([behaviour])
    let result = try await Program.run(
      ["launch", "checklists/embeddings.yaml"], environment: sandbox.environment)
    #expect([1, 2].contains(result.status))
    #expect(result.output.contains("service.embedder") && !result.output.contains("VERIFIED"))
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(5))
    let rows = try await connection.query(
      """
      select (select count(*) from issues where embedding is not null)
        + (select count(*) from similarity_cache) + (select count(*) from embedding_jobs) as rows,
        to_regnamespace('preflight') is null as untouched
      """)
    #expect(try rows.first?.int("rows") == 0)
    #expect(try rows.first?.bool("untouched") == true)
    await connection.close()
    await sandbox.stop()
  }

  @Test("a checklist of ten megabytes is refused without being read to its end")
  func tenMegabytes() async throws {
    let path = "/tmp/preflight-large-\(UInt32.random(in: .min ... .max)).yaml"
    let text = "version: 1\n" + String(repeating: "# filling the file up\n", count: 480_000)
    guard let file = unsafe fopen(path, "w") else { return #expect(Bool(false), "no file") }
    unsafe fputs(text, file)
    unsafe fclose(file)
    defer { unsafe remove(path) }
    let result = try await Program.run(["check", path])
    #expect(result.status == 78)
    #expect(
      result.error
        == "\(path):1:1: error: the file has more than the 1048576 bytes allowed\n\n")
  }
}
