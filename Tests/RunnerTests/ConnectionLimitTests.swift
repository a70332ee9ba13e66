import Core
import Monitor
import Postgres
import TestWorld
import Testing

@testable import Runner

/// Row 3 of the matrix: the server has no connection left (53300).
@Suite("A server that gives no more connections", .timeLimit(.minutes(2)))
struct ConnectionLimitTests {
  /// A role that may have so many connections, and does all that the superuser may.
  private static func role(_ limit: Int, in world: TestWorld) async throws -> String {
    let role = "limited_\(UInt32.random(in: .min ... .max))"
    try await world.connection.script(
      """
      create role \(role) login password '\(role)' connection limit \(limit);
      grant postgres to \(role);
      alter role \(role) set role = postgres;
      """, timeout: .seconds(5))
    return role
  }

  @Test("is waited for, as it may have one in a moment")
  func freed() async throws {
    try await TestWorld.run { world in
      let role = try await Self.role(RunSession.connections, in: world)
      let url = Secret(
        world.url.reveal { $0.replacing(/\/\/[^@]*@/, with: "//\(role):\(role)@") })
      var held: [Connection] = []
      for _ in 0..<RunSession.connections - 1 {
        held.append(try await Connection.open(url, timeout: .seconds(5)))
      }
      let fixture = RunFixture(world, as: role)
      async let report = fixture.run()
      // A refusal shows in the server's log alone.
      let refused = """
        select (pg_read_file('\(TestWorld.log())')
          like '%too many connections for role "\(role)"%')::integer
        """
      while try await world.number(refused) == 0 {}
      for connection in held { await connection.close() }
      #expect(try await report.ending == .verified)
      #expect(try await world.number("select count(*) from issues where embedding is null") == 0)
    }
  }

  @Test("ends the run where it has none at all, and says how many are needed")
  func never() async throws {
    try await TestWorld.run { world in
      let role = try await Self.role(2, in: world)
      let fixture = RunFixture(world, as: role)
      let report = try await fixture.run()
      #expect(
        report.ending
          == .aborted(
            .database,
            "too many connections for role \"\(role)\" [53300]; a run opens up to 4 connections: "
              + "raise the limit, or connect through a pooler"))
      #expect(
        try await world.number(
          "select count(*) from issues where embedding is not null") == report.processed)
    }
  }
}
