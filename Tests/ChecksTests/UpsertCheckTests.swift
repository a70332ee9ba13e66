import Gate
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct UpsertCheckTests {
  private static let check = "upsert: t, on_conflict: [a, b]"

  @Test(
    "A unique key on these columns serves, in whatever order",
    arguments: [
      "create table t (a int, b int, unique (b, a))",
      "create table t (a int, b int, primary key (a, b))",
      "create table t (a int, b int, c int); create unique index on t (a, b) include (c)",
    ])
  func serves(_ sql: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(sql)
      #expect(
        try await Go.finding(Self.check, in: world) == .pass("t has a unique index on (a, b)"))
    }
  }

  @Test(
    "What does not serve is named with its reason, and the fix makes it work",
    arguments: [
      ("create table t (a int, b int)", "no unique index is on (a, b)"),
      (
        "create table t (a int, b int, unique (a))",
        "no unique index is on (a, b); the nearest is t_a_key, but it is on (a)"
      ),
      (
        "create table t (a int, b int); create unique index part on t (a, b) where a > 0",
        "no unique index is on (a, b); the nearest is part, but it is partial"
      ),
      (
        "create table t (a int, b int, unique (a, b) deferrable)",
        "no unique index is on (a, b); the nearest is t_a_b_key, but its constraint is deferrable"
      ),
      (
        "create table t (a int, b int); create unique index expr on t (a, abs(b))",
        "no unique index is on (a, b); the nearest is expr, but it is over an expression"
      ),
      (
        """
        create table t (a int, b int); create unique index broken on t (a, b);
        update pg_index set indisvalid = false where indexrelid = 'broken'::regclass;
        """,
        """
        no unique index is on (a, b); the nearest is broken, but it is invalid, as a failed `create \
        index concurrently` leaves it
        """
      ),
    ])
  func fails(_ sql: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(sql)
      let finding = try await Go.finding(Self.check, in: world)
      #expect(finding.message == "t: \(observed)")
      #expect(finding.expected == "a usable unique index on (a, b)")
      #expect(finding.observed == observed)
      #expect(
        finding.fix?.hasSuffix("alter table t add constraint t_a_b_key unique (a, b);") == true)
      try await world.execute(try #require(finding.fix))
      try await world.execute("insert into t values (1, 1) on conflict (a, b) do nothing")
      #expect(try await Go.finding(Self.check, in: world).status == .pass)
    }
  }

  @Test("A column that needs a value and gets none is named")
  func columns() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create table t (a int, b int, c int not null, d int not null default 1,
          e int not null generated always as identity, f int, unique (a, b))
        """)
      let finding = try await Go.finding(Self.check + ", columns: [a, b, f]", in: world)
      #expect(
        finding
          == .fail(
            "t: `columns` lacks c, which takes no null and has no default",
            expected: "a usable unique index on (a, b), and a value for each column that needs one",
            observed: "`columns` lacks c, which takes no null and has no default",
            fix: "columns: [a, b, f, c]"))
    }
  }

  @Test("A mistyped table or column is told with the nearest one")
  func mistyped() async throws {
    try await TestWorld.run { world in
      let table = try await Go.finding("upsert: similarity_cach, on_conflict: [id]", in: world)
      #expect(
        table.message == "there is no table similarity_cach; did you mean similarity_cache?")
      let column = try await Go.finding("upsert: similarity_cache, on_conflict: [item]", in: world)
      #expect(column.observed == "it has no column item")
      let near = try await Go.finding("upsert: similarity_cache, on_conflict: [itemid]", in: world)
      #expect(near.observed == "it has no column itemid; did you mean item_id?")
    }
  }
}
