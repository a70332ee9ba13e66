import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct UpsertCanaryTests {
  private static let key = "[repository_id, item_type, item_id]"
  static let canary =
    "repository_id: r, item_type: issue, item_id: 00000000-0000-0000-0000-000000000001"
  static let cache =
    "upsert: similarity_cache, on_conflict: \(key), canary: {\(canary), embedding: $embedding}"
  static let worker = "\(cache), as: embedding_worker"
  static let small = "upsert: t, on_conflict: a, canary: {a: 1, b: two}"
  static let expected = "two upserts of the canary that affect one row each"

  @Test("An upsert that inserts and updates passes, and the database keeps nothing of it")
  func passes() async throws {
    try await TestWorld.run { world in
      let index = "similarity_cache has a unique index on (repository_id, item_type, item_id)"
      for (check, name) in [(Self.worker, "embedding_worker"), (Self.cache, "postgres")] {
        let finding = try await Go.finding(check, in: world)
        #expect(
          finding == .pass("\(index); an upsert inserts and updates a row of it, as \(name)"))
      }
      #expect(try await world.number("select count(*)::int from similarity_cache") == 0)
    }
  }

  @Test(
    "Values are read as the columns' types read them, and $embedding fits any column of vectors",
    arguments: [
      "vector(3)", "halfvec(3)", "sparsevec(3)", "vector(1)", "vector", "embedding", "real[]",
    ])
  func types(_ type: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create domain embedding as vector(5) not null;
        create table "Odd ""T" ("A" int, b boolean, c numeric, d jsonb, e text, v \(type),
          unique ("A", b));
        """)
      let finding = try await Go.finding(
        """
        upsert: '"Odd ""T"', on_conflict: ['"A"', b], canary: {'"A"': 1, B: true, c: -2.5, \
        d: '{"k": "it''s \\\\"}', e: null, v: $embedding}
        """, in: world)
      #expect(finding.status == .pass, "\(finding)")
    }
  }

  @Test("pgvector may be in a schema that the search path does not have")
  func otherSchema() async throws {
    try await TestWorld.run([.extensionInOtherSchema]) { world in
      let finding = try await Go.finding(Self.worker, in: world)
      #expect(finding.status == .pass, "\(finding)")
    }
  }

  @Test("A row of nothing but its key can be upserted")
  func keyAlone() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (a int unique)")
      let check = "upsert: t, on_conflict: a, canary: {a: 1}"
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("A column that takes no null fails with the row that has it")
  func notNull() async throws {
    try await TestWorld.run([.wideTable]) { world in
      let finding = try await Go.finding(Self.cache, in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.observed?.hasPrefix(
          """
          the upsert fails: null value in column "model_name" of relation "similarity_cache" violates \
          not-null constraint
          """) == true)
      #expect(
        finding.fix == """
          canary: { \(Self.canary), embedding: $embedding, model_name: … }   # and in the code
          """)
    }
  }

  @Test(
    "What else refuses the row is told in the server's words, and the fix does the same again",
    arguments: [
      (
        "alter table t add constraint short check (length(b) < 3)",
        """
        the upsert fails: new row for relation "t" violates check constraint "short" (Failing row \
        contains (1, two).) [23514]
        """
      ),
      (
        """
        create table other (b text primary key);
        alter table t add constraint known foreign key (b) references other deferrable initially deferred
        """,
        """
        a deferred constraint of the upsert fails: insert or update on table "t" violates foreign key \
        constraint "known" (Key (b)=(two) is not present in table "other".) [23503]
        """
      ),
      (
        Meddler.script("before update", "raise exception 'frozen'"),
        "the upsert of a row that is there fails: frozen [P0001]"
      ),
      (
        "alter table t alter b type boolean using true",
        #"the upsert fails: invalid input syntax for type boolean: "two" [22P02]"#
      ),
    ])
  func refused(_ sql: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (a int unique, b text)")
      try await world.execute(sql)
      let finding = try await Go.finding(Self.small, in: world)
      #expect(
        finding
          == .fail(
            "\(observed), as postgres", expected: Self.expected, observed: observed,
            fix: """
              begin;
              select set_config('lock_timeout', '1000ms', true);
              select count(*) as found from t where a = '1';
              insert into t (a, b) values ('1', 'two') on conflict (a) do update set b = excluded.b;
              insert into t (a, b) values ('1', 'two') on conflict (a) do update set b = excluded.b;
              set constraints all immediate;
              rollback;
              """))
      let again = try #require(finding.fix)
      await #expect(throws: PostgresFault.self) { try await world.execute(again) }
    }
  }

  @Test("A trigger that takes the row away fails, and the fix shows it")
  func lost() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (a int unique, b text);" + Meddler.script("before update", "return null"))
      let finding = try await Go.finding(Self.small, in: world)
      let observed = "the upsert of a row that is there affects 0 rows"
      #expect(
        finding
          == .fail(
            "\(observed): a trigger or a rule takes it away", expected: Self.expected,
            observed: observed, fix: Meddler.fix))
      #expect(try await world.text(Meddler.fix)?.hasPrefix("CREATE TRIGGER meddles ") == true)
    }
  }

  @Test("A canary that is a row already cannot tell whether a row can be inserted")
  func isThere() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (a int unique, b text); insert into t values (1, 'x')")
      #expect(
        try await Go.finding(Self.small, in: world)
          == .cannotTell(
            "the canary is a row of t already, so that no upsert would insert it",
            expected: Self.expected, observed: "a row with the key of the canary",
            fix: "canary: …   # with a key that no row has"))
    }
  }

  @Test("A lock that another transaction holds is no failure of the upsert")
  func locked() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (a int unique, b text)")
      let finding = try await world.connection.transaction(
        .rolledBack, statementTimeout: .seconds(20)
      ) { connection throws(PostgresFault) in
        _ = try await connection.query("lock table t in share mode")
        return try? await Go.finding(Self.small, in: world)
      }
      #expect(finding?.status == .error)
      #expect(
        finding?.observed == "the upsert fails: canceling statement due to lock timeout [55P03]")
    }
  }
}
