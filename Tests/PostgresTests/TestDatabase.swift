import Core
import Glibc
import Postgres
import Sandbox
import Synchronization

/// The servers of this test process, started on first use; they end with the process.
private enum TestServers {
  static let sixteen = Task { try await start(16) }
  static let eighteen = Task { try await start(18) }

  static func server(_ version: Int) async throws -> PostgresServer {
    try await (version == 16 ? sixteen : eighteen).value
  }

  private static func start(_ version: Int) async throws -> PostgresServer {
    guard let installation = PostgresInstallation.all().first(where: { $0.version == version })
    else { throw PostgresServerFault.notFound }
    return try await PostgresServer.start(
      installation, in: "/tmp/preflight-postgres-tests-\(version)-\(getpid())")
  }
}

/// An empty database for one test, on a server that all tests share.
struct TestDatabase {
  let url: Secret
  let name: String
  let port: Int
  private let administration: Secret

  private static let count = Mutex(0)

  /// A connection to a new database, which is dropped after the test.
  static func run<Value>(
    on version: Int = 18, vector: Bool = false,
    _ body: (TestDatabase, Connection) async throws -> Value
  ) async throws -> Value {
    let server = try await TestServers.server(version)
    let number = count.withLock { count in
      count += 1
      return count
    }
    let database = TestDatabase(
      url: Secret(server.url(database: "test_\(number)")), name: "test_\(number)",
      port: server.port, administration: Secret(server.url(database: "postgres")))
    try await database.administrate("create database \(database.name)")
    let connection = try await database.connect()
    if vector { _ = try await connection.query("create extension vector") }
    let value = try await body(database, connection)
    await connection.close()
    try await database.administrate("drop database \(database.name) with (force)")
    return value
  }

  /// A PgBouncer in transaction mode before the server, for the time of a test.
  static func pooled(_ body: (Secret) async throws -> Void) async throws {
    let pooler = try await PgBouncer.start(
      PgBouncer.installed, in: "/tmp/preflight-postgres-tests-pooler-\(getpid())",
      before: try await TestServers.server(18))
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await body(Secret(pooler.url(database: "postgres"))))
    } catch {
      outcome = .failure(error)
    }
    await pooler.stop()
    try outcome.get()
  }

  func connect(_ timeout: Duration = .seconds(10)) async throws(PostgresFault) -> Connection {
    try await Connection.open(url, timeout: timeout)
  }

  /// Runs a statement as the superuser, outside of the test's database.
  func administrate(_ sql: String) async throws {
    let connection = try await Connection.open(administration, timeout: .seconds(10))
    _ = try await connection.query(sql)
    await connection.close()
  }
}

/// The object identifiers of pgvector's types in a database.
struct VectorTypes {
  let vector: UInt32
  let array: UInt32

  init(_ connection: Connection) async throws {
    let rows = try await connection.query(
      "select oid, typarray from pg_type where typname = 'vector'")
    let row = rows[0]
    vector = UInt32(try row.int("oid"))
    array = UInt32(try row.int("typarray"))
  }
}

extension Connection {
  /// Whether a statement still gets its answer.
  func answers() async -> Bool {
    await nextFault() == nil
  }

  /// What the next statement throws.
  func nextFault() async -> PostgresFault? {
    await fault { () throws(PostgresFault) in
      try await query("select 1 as one").first?.int("one")
    }
  }
}

/// What an operation threw, for comparing it as a whole.
func fault(of operation: () async throws(PostgresFault) -> some Any) async -> PostgresFault? {
  do throws(PostgresFault) {
    _ = try await operation()
    return nil
  } catch {
    return error
  }
}
