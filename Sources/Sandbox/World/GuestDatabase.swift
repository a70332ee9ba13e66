internal import Core
internal import Postgres

/// A sandbox's database on a server that others share.
struct GuestDatabase: Sendable {
  private static let patience = Duration.seconds(60)

  let name: String
  private let server: PostgresServer

  /// Makes an empty one, with a name of its own.
  static func create(on server: PostgresServer) async throws(SandboxProblem) -> GuestDatabase {
    let database = GuestDatabase(
      name: "sandbox_" + Credentials.random(12, of: "0123456789abcdef"), server: server)
    do throws(PostgresFault) {
      try await database.administer("create database \(database.name)")
    } catch {
      throw .worldNotCreated(error.message)
    }
    return database
  }

  /// Takes it away, whoever is still connected.
  func drop() async {
    // What cannot be dropped goes with the server, which is a throw-away one.
    try? await administer("drop database if exists \(name) with (force)")
  }

  private func administer(_ statement: String) async throws(PostgresFault) {
    let connection = try await Connection.open(
      Secret(server.url(database: "postgres")), applicationName: "preflight sandbox",
      timeout: GuestDatabase.patience)
    do throws(PostgresFault) {
      _ = try await connection.query(statement, timeout: GuestDatabase.patience)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}
