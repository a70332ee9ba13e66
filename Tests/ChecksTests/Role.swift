import Core
import Postgres
import TestWorld

/// A role that may do nothing but connect, for as long as a test needs it.
struct Role {
  let name: String
  let url: Secret

  static func with(in world: TestWorld, _ test: (Role) async throws -> Void) async throws {
    let database = world.connection.server.database
    let name = "only_\(database)"
    try await world.execute("create role \(name) login password 'only-a-test'")
    let server = world.connection.server
    let role = Role(
      name: name,
      url: Secret("postgres://\(name):only-a-test@\(server.host):\(server.port)/\(database)"))
    let result: Result<Void, any Error>
    do { result = .success(try await test(role)) } catch { result = .failure(error) }
    try await world.execute("drop owned by \(name); drop role \(name)")
    try result.get()
  }
}
