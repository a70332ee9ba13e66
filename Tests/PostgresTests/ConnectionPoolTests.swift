import Core
import Postgres
import Testing

@Suite("A few connections to one database", .timeLimit(.minutes(1)))
struct ConnectionPoolTests {
  private static func run(
    _ body: (ConnectionPool, TestDatabase, Connection) async throws -> Void
  ) async throws {
    try await TestDatabase.run { database, connection in
      let pool = ConnectionPool(
        try await database.connect(), to: database.url, openedIn: .milliseconds(50))
      try await body(pool, database, connection)
      await pool.close()
    }
  }

  private static func process(_ connection: Connection) async throws(PostgresFault) -> Int {
    try await connection.query("select pg_backend_pid() as process").first?.int("process") ?? 0
  }

  /// Somebody who has a connection until told to let go of it.
  private struct Holder {
    let process: Int
    private let release: AsyncStream<Void>.Continuation
    private let task: Task<Void, any Error>

    init(of pool: ConnectionPool) async throws {
      let (began, beginning) = AsyncStream.makeStream(of: Int.self)
      let (released, release) = AsyncStream.makeStream(of: Void.self)
      self.release = release
      task = Task {
        try await pool.use(within: .seconds(30)) { connection throws(PostgresFault) in
          beginning.yield(try await ConnectionPoolTests.process(connection))
          for await _ in released { break }
        }
      }
      process = try #require(await began.first { _ in true })
    }

    func letGo() async throws {
      release.yield()
      try await task.value
    }
  }

  @Test("what is quickly done is done on the first connection")
  func first() async throws {
    try await Self.run { pool, _, _ in
      var processes: Set<Int> = []
      for _ in 0..<20 {
        processes.insert(try await pool.use(within: .seconds(10), Self.process))
      }
      #expect(processes.count == 1)
    }
  }

  @Test("whoever keeps one keeps nobody waiting, up to four; the fifth waits in line")
  func four() async throws {
    try await Self.run { pool, _, _ in
      var holders: [Holder] = []
      for _ in 0..<ConnectionPool.size { holders.append(try await Holder(of: pool)) }
      #expect(Set(holders.map(\.process)).count == ConnectionPool.size)
      let late = await fault { () throws(PostgresFault) in
        try await pool.use(within: .milliseconds(250), Self.process)
      }
      #expect(late == .timedOut(doing: .waitingForConnection, .milliseconds(250)))
      try await holders[2].letGo()
      #expect(try await pool.use(within: .seconds(10), Self.process) == holders[2].process)
      for (place, holder) in holders.enumerated() where place != 2 { try await holder.letGo() }
    }
  }

  @Test("a connection that is lost is opened anew")
  func lost() async throws {
    try await Self.run { pool, _, connection in
      let process = try await pool.use(within: .seconds(10), Self.process)
      _ = try await connection.query(
        "select pg_terminate_backend($1, 10000)", [.int4(Int32(process))])
      let first = await fault { () throws(PostgresFault) in
        try await pool.use(within: .seconds(10), Self.process)
      }
      #expect(
        first
          == .connectionLost(
            reason: "terminating connection due to administrator command [57P01]"))
      #expect(try await pool.use(within: .seconds(10), Self.process) != process)
    }
  }

  @Test("where the server gives no second connection, the first one is waited for")
  func limited() async throws {
    try await TestDatabase.run { database, connection in
      let role = "only_one_\(database.name)"
      _ = try await connection.query("create role \(role) login connection limit 1")
      let url = Secret(
        database.url.reveal { $0 }.replacing("://postgres@", with: "://\(role)@"))
      let pool = ConnectionPool(
        try await Connection.open(url, timeout: .seconds(10)), to: url,
        openedIn: .milliseconds(50))
      let holder = try await Holder(of: pool)
      async let second = pool.use(within: .seconds(30), Self.process)
      try await holder.letGo()
      #expect(try await second == holder.process)
      await pool.close()
      _ = try await connection.query("drop role \(role)")
    }
  }

  @Test("once it is closed it opens nothing, and what was in use ends")
  func closed() async throws {
    try await Self.run { pool, _, connection in
      let holder = try await Holder(of: pool)
      await pool.close()
      try await holder.letGo()
      let after = await fault { () throws(PostgresFault) in
        try await pool.use(within: .seconds(10), Self.process)
      }
      #expect(after == .connectionLost(reason: "it was closed"))
      let sql = "select pid from pg_stat_activity where pid = $1"
      // The server notices the end of a connection a moment later.
      while try await connection.query(sql, [.int4(Int32(holder.process))]).first != nil {}
    }
  }
}
