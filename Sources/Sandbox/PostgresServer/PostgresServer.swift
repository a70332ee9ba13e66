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
  private let password: String
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

  /// How long a server may take from its start to its first answer.
  private static let patience = Duration.seconds(60)
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
    try create(directory, for: account)
    let password = Credentials.random(24, of: "abcdefghijklmnopqrstuvwxyz0123456789")
    guard let port = LoopbackPort.free() else {
      unsafe rmdir(directory)
      throw .noPort
    }
    let settings = (ServerScript.settings + ["port=\(port)"]).flatMap { ["-c", $0] }
    let process = ServerProcess(
      [installation.binaries, directory] + settings, password: password, as: account)
    let server = PostgresServer(
      port: port, version: installation.version, directory: directory, password: password,
      process: process)
    do throws(PostgresServerFault) {
      try await server.waitUntilReady()
      return server
    } catch {
      await server.stop()
      throw error
    }
  }

  /// The URL of a database, with the superuser's password.
  package func url(database: String) -> String {
    "postgres://postgres:\(password)@127.0.0.1:\(port)/\(database)"
  }

  /// Ends the server and removes its folder; returns when that is done.
  package func stop() async {
    await process.stop()
    // Where the server ran as another user, that user could empty its folder only.
    unsafe rmdir(directory)
  }

  private func waitUntilReady() async throws(PostgresServerFault) {
    let url = Secret(url(database: "postgres"))
    let hasEnded = Mutex<String?>(nil)
    Task { [process] in
      let result = await process.end.result
      hasEnded.withLock { hasEnded in
        hasEnded =
          switch result {
          case .success(let words): words
          case .failure(let error): "\(error)"
          }
      }
    }
    let start = ContinuousClock.now
    while true {
      let fault: PostgresFault
      do throws(PostgresFault) {
        let connection = try await Connection.open(url, timeout: .seconds(5))
        await connection.close()
        return
      } catch {
        fault = error
      }
      if let words = hasEnded.withLock({ $0 }) {
        throw .endedAtOnce(reason: PostgresServer.reason(in: words))
      }
      guard start.duration(to: .now) < PostgresServer.patience else {
        throw .notReady(within: PostgresServer.patience, reason: fault.message)
      }
      do {
        // Nothing tells when a server has come to listen; the whole start takes some 50 ms.
        try await ContinuousClock().sleep(for: .milliseconds(10))
      } catch {
        throw .cancelled
      }
    }
  }

  private static func create(
    _ directory: String, for account: ServerAccount
  ) throws(PostgresServerFault) {
    guard unsafe mkdir(directory, 0o700) == 0 else {
      throw .directoryNotCreated(directory, reason: lastSystemError)
    }
    guard account.isAnother else { return }
    guard unsafe chown(directory, account.userID, account.groupID) == 0 else {
      let reason = lastSystemError
      unsafe rmdir(directory)
      throw .directoryNotCreated(directory, reason: reason)
    }
    if let folder = account.obstacle(on: directory) {
      unsafe rmdir(directory)
      throw .directoryNotCreated(
        directory, reason: "the user \(account.name) may not look into \(folder)")
    }
  }

  private static var lastSystemError: String {
    unsafe String(cString: strerror(errno))
  }

  /// The line that names the failure, or the last ones.
  private static func reason(in words: String) -> String {
    let lines = words.split(whereSeparator: \.isNewline)
    let telling = lines.first { $0.contains("FATAL") || $0.contains("error:") }
    let text = telling.map { String($0) } ?? lines.suffix(3).joined(separator: "; ")
    return text.isEmpty ? "it said nothing" : text
  }
}
