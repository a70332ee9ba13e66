import Glibc
import Postgres
import Testing

@Suite("One connection and many users", .timeLimit(.minutes(1)))
struct SharingTests {
  @Test("concurrent statements on one connection are run one after another")
  func serialised() async throws {
    try await TestDatabase.run { _, connection in
      try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for number in 0..<50 {
          group.addTask {
            let rows = try await connection.query("select $1 as n", [.int8(Int64(number))])
            return (number, try rows[0].int("n"))
          }
        }
        for try await (sent, received) in group { #expect(sent == received) }
      }
    }
  }

  @Test("a task in line that is cancelled leaves the line")
  func cancelledInLine() async throws {
    try await TestDatabase.run { _, connection in
      let (begun, signal) = AsyncStream.makeStream(of: Void.self)
      let (release, releasing) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await connection.transaction(.readOnly, statementTimeout: .seconds(20)) {
          _ throws(PostgresFault) in
          signal.yield()
          for await _ in release { break }
        }
      }
      for await _ in begun { break }
      let waiting = Task {
        await fault { () throws(PostgresFault) in
          try await connection.query("select 1", timeout: .seconds(30))
        }
      }
      waiting.cancel()
      #expect(await waiting.value == .cancelled)
      releasing.yield()
      try await holder.value
      #expect(await connection.answers())
    }
  }

  @Test("twenty connections that wait do not hold each other up")
  func manyConnections() async throws {
    try await TestDatabase.run { database, _ in
      let start = ContinuousClock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            let connection = try await database.connect()
            _ = try await connection.query("select pg_sleep(0.5)")
            await connection.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(start.duration(to: .now) < .seconds(5))
    }
  }

  @Test("10,000 statements and 50 connections leave no file descriptor behind")
  func noLeak() async throws {
    try await TestDatabase.run { database, connection in
      func mine() async throws -> Int {
        // Connections that this process holds to this database, as the server counts them.
        try await connection.query(
          "select count(*) as n from pg_stat_activity where datname = current_database()")[0].int(
            "n")
      }
      for number in 0..<10_000 {
        let rows = try await connection.query("select $1 as n", [.int4(Int32(number))])
        guard try rows[0].int("n") == number else { throw PostgresFault.columnMissing("n") }
      }
      #expect(try await mine() == 1)
      let before = openDescriptors
      for _ in 0..<50 {
        // Dropped without a close: the last reference closes it.
        _ = try await database.connect().query("select 1")
      }
      while try await mine() > 1 {}
      // Other tests open some meanwhile; each of the 50 would have left two.
      #expect(openDescriptors < before + 50)
    }
  }

  /// Descriptors of this process.
  private var openDescriptors: Int {
    (0..<4_096).count { fcntl(Int32($0), F_GETFD) >= 0 }
  }
}
