import Core
import FoundationEssentials
import Postgres
import Sandbox

/// A sandbox of a test's own, with a connection to its database.
struct SandboxFixture {
  let sandbox: Sandbox
  let database: Connection

  /// Starts a sandbox, lets a test look at it, and removes it.
  static func with(
    _ faults: Set<SandboxFault> = [], rows: String? = nil,
    _ test: (SandboxFixture) async throws -> Void
  ) async throws {
    let sandbox = try await Sandbox.start(SandboxOptions(rows: rows, faults: faults))
    do {
      let database = try await Connection.open(sandbox.databaseURL, timeout: .seconds(20))
      try await test(SandboxFixture(sandbox: sandbox, database: database))
      await database.close()
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  /// The one value of a query's one row, as text.
  func value(_ sql: String) async throws -> String? {
    try await database.query("select (\(sql))::text as value").first?.optionalText("value")
  }

  func embed(_ dimensions: Int = 384, patience: Duration = .seconds(20)) async throws
    -> RawHTTP.Reply
  {
    try await RawHTTP.send(
      "POST", "/v1/embeddings", port: sandbox.endpoint.port,
      bearer: sandbox.environment["OPENAI_API_KEY"],
      body: #"{"model": "text-embedding-3-small", "input": "a", "dimensions": \#(dimensions)}"#,
      patience: patience)
  }

  /// The names of the secrets that the project has.
  func deployedSecrets() async throws -> [String] {
    let reference = sandbox.environment["SUPABASE_PROJECT_REF"] ?? ""
    let reply = try await RawHTTP.send(
      "GET", "/v1/projects/\(reference)/secrets", port: sandbox.endpoint.port,
      bearer: sandbox.environment["SUPABASE_ACCESS_TOKEN"])
    return try reply.json([NamedSecret].self).map(\.name)
  }

  /// The planted source file's line that upserts.
  func upsertLine() throws -> String? {
    let path = sandbox.sourceRoot + "/supabase/functions/generate-embeddings/index.ts"
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    return text.split(separator: "\n").first { $0.contains(".upsert(") }
      .map { $0.drop { $0 == " " }.description }
  }
}

private struct NamedSecret: Decodable {
  let name: String
}
