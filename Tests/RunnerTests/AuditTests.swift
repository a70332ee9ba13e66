import Monitor
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("An audit", .timeLimit(.minutes(2)))
struct AuditTests {
  /// What it counts after each of these changes to ten stored rows: what is missing, of a wrong dimension,
  /// zero, and equal beside different texts.
  static let changes: [(change: String, counts: [Int])] = [
    ("select", [0, 0, 0, 0]),
    ("update issues set embedding = null where id = any ($1[1:10])", [10, 0, 0, 0]),
    ("update issues set embedding = null where id = $1[1]", [1, 0, 0, 0]),
    ("update issues set embedding = embedding - embedding where id = $1[1]", [0, 0, 1, 0]),
    (
      "update issues set embedding = other.embedding from issues as other "
        + "where issues.id = any ($1[1:3]) and other.id = $1[4]", [0, 0, 0, 3]
    ),
    // The same numbers in another order are of the same length, and are another vector.
    (
      """
      update issues set embedding = (
        select array_agg(number order by place desc)
        from unnest(other.embedding::real[]) with ordinality as part (number, place))::vector
      from issues as other where issues.id = $1[1] and other.id = $1[2]
      """, [0, 0, 0, 0]
    ),
    // Two rows of one text may have one vector; the second one's own digest is another.
    (
      """
      update preflight.batch set hashes[2] = hashes[1];
      update issues set embedding = other.embedding from issues as other
      where issues.id = $1[1] and other.id = $1[2]
      """, [1, 0, 0, 0]
    ),
    // Where the source row is gone, nothing has to be there for it.
    ("delete from issues where id = $1[1]", [0, 0, 0, 0]),
  ]

  @Test("counts what is missing, malformed or the same for different texts", arguments: changes)
  func counts(change: String, counts: [Int]) async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(10, in: RunFixture(world))
      #expect(try await held.queue.finish([held.embedded()]) == 10)
      let place = try #require(
        held.queue.sql.vectorTargets.first {
          held.queue.sql.facts.targets[$0].table.hasSuffix("issues")
        })
      let stored = """
        (select array_agg(key::\(held.queue.sql.facts.source.key[0].type) order by position)
          from \(queuedItems) as item where state = 2)
        """
      for statement in change.split(separator: ";") where statement != "select" {
        _ = try await world.connection.query(
          String(statement).replacing("$1", with: stored))
      }
      let row = try await held.queue.database.query(
        held.queue.sql.audit(ofTarget: place), [.text(held.queue.runID), .int4(384)]
      ).only
      let seen = [
        try row.int("missing"), try row.int("wrong_dimension"), try row.int("zero_norm"),
        try row.int("duplicates"),
      ]
      #expect(seen == counts)
    }
  }

  @Test("counts vectors of a dimension other than the one that all must have")
  func dimension() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(10, in: RunFixture(world))
      #expect(try await held.queue.finish([held.embedded()]) == 10)
      for place in held.queue.sql.vectorTargets {
        let row = try await held.queue.database.query(
          held.queue.sql.audit(ofTarget: place), [.text(held.queue.runID), .int4(96)]
        ).only
        #expect(try row.int("wrong_dimension") == 10)
      }
    }
  }
}
