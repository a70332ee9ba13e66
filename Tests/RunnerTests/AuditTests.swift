import Monitor
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("An audit", .timeLimit(.minutes(2)))
struct AuditTests {
  /// A target whose rows are known by the items' keys, one that is known by more than the source's key, and
  /// one that is known by that key alone.
  static let targets = [
    (table: "issues", key: "id"), (table: "similarity_cache", key: "item_id"),
    (table: "copies", key: "id"),
  ]

  /// What it counts after each of these changes to ten stored rows: what is missing, of a wrong dimension,
  /// zero, and equal beside different texts.
  static let changes: [(change: String, counts: [Int])] = [
    ("select", [0, 0, 0, 0]),
    ("update {table} set embedding = null where {key} = any ($1[1:10])", [10, 0, 0, 0]),
    ("update {table} set embedding = null where {key} = $1[1]", [1, 0, 0, 0]),
    ("update {table} set content_hash = null where {key} = $1[1]", [1, 0, 0, 0]),
    ("update {table} set content_hash = 'another' where {key} = $1[1]", [1, 0, 0, 0]),
    ("update {table} set embedding = embedding - embedding where {key} = $1[1]", [0, 0, 1, 0]),
    (
      "update {table} set embedding = other.embedding from {table} as other "
        + "where {table}.{key} = any ($1[1:3]) and other.{key} = $1[4]", [0, 0, 0, 3]
    ),
    // The same numbers in another order are of the same length, and are another vector.
    (
      """
      update {table} set embedding = (
        select array_agg(number order by place desc)
        from unnest(other.embedding::real[]) with ordinality as part (number, place))::vector
      from {table} as other where {table}.{key} = $1[1] and other.{key} = $1[2]
      """, [0, 0, 0, 0]
    ),
    // Two rows of one text may have one vector; the second one's own digest is another.
    (
      """
      update preflight.batch set hashes[2] = hashes[1];
      update {table} set embedding = other.embedding from {table} as other
      where {table}.{key} = $1[1] and other.{key} = $1[2]
      """, [1, 0, 0, 0]
    ),
    // And that one text has two vectors hides no vector that two texts have.
    (
      """
      update preflight.batch set hashes[2] = hashes[1];
      update {table} set embedding = other.embedding from {table} as other
      where {table}.{key} = $1[3] and other.{key} = $1[4]
      """, [1, 0, 0, 1]
    ),
    // Where the source row is gone, nothing has to be there for it.
    ("delete from issues where id = $1[1]; delete from {table} where {key} = $1[1]", [0, 0, 0, 0]),
  ]

  @Test(
    "counts what is missing, malformed or the same for different texts", arguments: targets, changes
  )
  func counts(
    target: (table: String, key: String), change: (change: String, counts: [Int])
  ) async throws {
    try await TestWorld.run { world in
      let held = try await AuditTests.stored(world)
      let stored = """
        (select array_agg(key::\(held.queue.sql.facts.source.key[0].type) order by position)
          from \(queuedItems) as item where state = 2)
        """
      for statement in change.change.split(separator: ";") where statement != "select" {
        _ = try await world.connection.query(
          String(statement).replacing("$1", with: stored)
            .replacing("{table}", with: target.table).replacing("{key}", with: target.key))
      }
      #expect(try await AuditTests.audit(target.table, in: held) == change.counts)
    }
  }

  @Test("counts rows that are gone from a table, where the source rows are there", arguments: 1...2)
  func gone(target: Int) async throws {
    try await TestWorld.run { world in
      let held = try await AuditTests.stored(world)
      let (table, key) = AuditTests.targets[target]
      _ = try await world.connection.query(
        "delete from \(table) where \(key) in (select \(key) from \(table) limit 3)")
      #expect(try await AuditTests.audit(table, in: held) == [3, 0, 0, 0])
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

  /// Ten rows that are stored in all of the targets, with vectors of ten lengths.
  private static func stored(_ world: TestWorld) async throws -> Held {
    _ = try await world.connection.query(
      "create table copies (id uuid primary key, embedding vector(384), content_hash text)")
    _ = try await world.connection.query(
      "alter table similarity_cache alter column embedding drop not null")
    var fixture = RunFixture(world)
    fixture.pipeline = RunFixture.issues.replacing(
      "    job:",
      with: """
              - upsert: copies
                on_conflict: [id]
                set: { id: source.id, embedding: $embedding, content_hash: $hash }
            job:
        """)
    let held = try await Held.claim(10, in: fixture)
    let longer = Held(
      queue: held.queue, batch: held.batch,
      vectors: zip(1..., held.vectors).map { length, vector in vector.map { $0 * Float(length) } })
    #expect(try await held.queue.finish([longer.embedded()]) == 10)
    return longer
  }

  private static func audit(_ table: String, in held: Held) async throws -> [Int] {
    let place = try #require(
      held.queue.sql.vectorTargets.first {
        held.queue.sql.facts.targets[$0].table.hasSuffix(table)
      })
    let row = try await held.queue.database.query(
      held.queue.sql.audit(ofTarget: place), [.text(held.queue.runID), .int4(384)]
    ).only
    return [
      try row.int("missing"), try row.int("wrong_dimension"), try row.int("zero_norm"),
      try row.int("duplicates"),
    ]
  }
}
