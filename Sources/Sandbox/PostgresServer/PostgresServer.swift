internal import Core
internal import Postgres
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A throw-away Postgres on a free port of 127.0.0.1, with a folder of its own.
///
/// It ends and its files go with `stop()`, and also when this program ends in any other way.
package final class PostgresServer: Sendable {
  package let port: Int
  /// The major version, such as 18.
  package let version: Int
  private let directory: String
  let password: String
  private let process: ServerProcess

  private init(
    port: Int, version: Int, directory: String, password: String, process: ServerProcess
  ) {
    self.port = port
    self.version = version
    self.directory = directory
    self.password = password
    self.process = process
  }

  /// How often another port is tried, where somebody took the chosen one meanwhile.
  private static let attempts = 3

  /// Creates a server's data and starts it; the superuser is `postgres`.
  ///
  /// - Parameters:
  ///   - installation: Whose programs to run.
  ///   - directory: A folder to create, whose parent is there; as root, everybody must be able to
  ///     pass through the parent.
  /// - Returns: A server that takes connections.
  /// - Throws: Why there is none; nothing of it is left.
  package static func start(
    _ installation: PostgresInstallation, in directory: String
  ) async throws(PostgresServerFault) -> PostgresServer {
    guard let account = ServerAccount.current else {
      throw .unusable(
        binaries: installation.binaries,
        reason: "it does not run as root, and there is no user postgres")
    }
    var attempt = 1
    while true {
      do throws(PostgresServerFault) {
        return try await start(installation, in: directory, as: account)
      } catch {
        guard case .endedAtOnce(let reason) = error,
          reason.contains("could not create any TCP/IP sockets"),
          attempt < attempts
        else { throw error }
        attempt += 1
      }
    }
  }

  private static func start(
    _ installation: PostgresInstallation, in directory: String, as account: ServerAccount
  ) async throws(PostgresServerFault) -> PostgresServer {
    try account.create(directory)
    let password = Credentials.random(24, of: "abcdefghijklmnopqrstuvwxyz0123456789")
    guard let port = LoopbackPort.free() else {
      unsafe rmdir(directory)
      throw .noPort
    }
    let settings = (ServerScript.settings + ["port=\(port)"]).flatMap { ["-c", $0] }
    let process = ServerProcess(
      ServerScript.text, [installation.binaries, directory] + settings, password: password,
      as: account)
    let server = PostgresServer(
      port: port, version: installation.version, directory: directory, password: password,
      process: process)
    do throws(PostgresServerFault) {
      try await process.waitUntilReady(at: Secret(server.url(database: "postgres")))
      return server
    } catch {
      await server.stop()
      throw error
    }
  }

  /// The URL of a database, with the superuser's password.
  package func url(database: String) -> String { url(database: database, port: port) }

  /// The same by way of another port.
  func url(database: String, port: Int) -> String {
    "postgres://postgres:\(password)@127.0.0.1:\(port)/\(database)"
  }

  /// Ends the server and removes its folder; returns when that is done.
  package func stop() async {
    await process.stop()
    // Where the server ran as another user, that user could empty its folder only.
    unsafe rmdir(directory)
  }
}
