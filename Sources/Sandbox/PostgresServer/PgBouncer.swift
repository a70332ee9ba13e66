internal import Core

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A throw-away PgBouncer in transaction mode before a Postgres, on a free port of 127.0.0.1.
///
/// It ends and its files go with `stop()`, and also when this program ends in any other way.
package final class PgBouncer: Sendable {
  package let port: Int
  private let directory: String
  private let postgres: PostgresServer
  private let process: ServerProcess

  private init(port: Int, directory: String, postgres: PostgresServer, process: ServerProcess) {
    self.port = port
    self.directory = directory
    self.postgres = postgres
    self.process = process
  }

  /// The program, where the usual packages put it.
  package static var installed: String? {
    ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"].map { $0 + "/pgbouncer" }
      .first { unsafe access($0, X_OK) == 0 }
  }

  /// How often another port is tried, where somebody took the chosen one meanwhile.
  private static let attempts = 3

  /// Starts a pooler for all databases of a server.
  ///
  /// - Parameters:
  ///   - program: PgBouncer's path.
  ///   - directory: A folder to create, as for `PostgresServer.start`.
  ///   - postgres: Which it is before, and who outlives it.
  ///   - certificate: A file of a key and its certificate, with which it speaks TLS and nothing else.
  /// - Returns: A pooler that takes connections.
  /// - Throws: Why there is none; nothing of it is left.
  package static func start(
    _ program: String?, in directory: String, before postgres: PostgresServer,
    certificate: String? = nil
  ) async throws(PostgresServerFault) -> PgBouncer {
    guard let program, let account = ServerAccount.current else { throw .poolerNotFound }
    var attempt = 1
    while true {
      do throws(PostgresServerFault) {
        return try await start(
          program, in: directory, before: postgres, certificate: certificate, as: account)
      } catch {
        guard case .poolerEndedAtOnce(let reason) = error, reason.contains("nowhere to listen"),
          attempt < attempts
        else { throw error }
        attempt += 1
      }
    }
  }

  private static func start(
    _ program: String, in directory: String, before postgres: PostgresServer,
    certificate: String?, as account: ServerAccount
  ) async throws(PostgresServerFault) -> PgBouncer {
    guard let port = LoopbackPort.free() else { throw .noPort }
    try account.create(directory)
    let process = ServerProcess(
      PgBouncer.script,
      [program, directory, String(port), String(postgres.port), certificate ?? ""],
      password: postgres.password, as: account)
    let pooler = PgBouncer(port: port, directory: directory, postgres: postgres, process: process)
    do throws(PostgresServerFault) {
      try await process.waitUntilReady(at: Secret(pooler.url(database: "postgres")))
      return pooler
    } catch {
      await pooler.stop()
      if case .endedAtOnce(let reason) = error { throw .poolerEndedAtOnce(reason: reason) }
      throw error
    }
  }

  /// The URL of a database, with the superuser's password.
  package func url(database: String) -> String {
    postgres.url(database: database, port: port)
  }

  /// Ends the pooler and removes its folder; returns when that is done.
  package func stop() async {
    await process.stop()
    unsafe rmdir(directory)
  }

  /// Runs the pooler until standard input ends, as `ServerScript` runs a Postgres.
  ///
  /// `$1` is the program, `$2` its folder, `$3` its port, `$4` that of Postgres and `$5` its
  /// certificate, if it has one; the first line of input is the superuser's password. A background command of a shell ignores SIGQUIT, and PgBouncer
  /// waits for its clients after SIGTERM (from 1.23 on); it has nothing to lose by SIGKILL. The
  /// superuser looks up other roles' passwords for it, so that each role of the server is let in.
  private static let script = """
    cd /
    umask 077
    ulimit -c 0
    program=$1 folder=$2
    exec 3<&0 </dev/null
    read -r password <&3
    printf '"postgres" "%s"\\n' "$password" >"$folder/users"
    printf '%s\\n' '[databases]' "* = host=127.0.0.1 port=$4" '[pgbouncer]' \\
      'listen_addr = 127.0.0.1' "listen_port = $3" 'unix_socket_dir =' 'pool_mode = transaction' \\
      'auth_type = scram-sha-256' "auth_file = $folder/users" 'auth_user = postgres' \\
      'max_client_conn = 200' \\
      'default_pool_size = 20' >"$folder/settings"
    [ -z "$5" ] || printf '%s\\n' 'client_tls_sslmode = require' "client_tls_key_file = $5" \\
      "client_tls_cert_file = $5" >>"$folder/settings"
    "$program" "$folder/settings" 3<&- >"$folder/log" 2>&1 &
    server=$!
    { cat <&3; kill -KILL $server; } >/dev/null 2>&1 &
    watcher=$!
    wait $server
    kill $watcher
    tail -n 5 "$folder/log"
    rm -rf "$folder"
    """
}
