import Core
import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

extension Go {
  /// Asks checks of one database, whose settings stand in flow style.
  init(_ checks: [String], in world: TestWorld) async throws {
    try await self.init(checks, url: world.url)
  }

  init(_ checks: [String], url: Secret) async throws {
    let items = checks.enumerated().map { "  - {id: c\($0.offset), \($0.element)}\n" }.joined()
    try await self.init(
      "version: 1\nservices: {database: {postgres: \"${DATABASE_URL}\"}}\nchecks:\n\(items)",
      ["DATABASE_URL": url.reveal { $0 }])
  }

  /// Asks one check of one database.
  static func finding(_ check: String, in world: TestWorld) async throws -> Finding {
    try #require(try await Go([check], in: world)["c0"])
  }
}

extension TestWorld {
  func execute(_ sql: String) async throws {
    try await connection.script(sql, timeout: .seconds(10))
  }
}
