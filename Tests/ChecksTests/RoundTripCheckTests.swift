import Core
import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct RoundTripCheckTests {
  static let cache = "into: similarity_cache.embedding, canary: {\(UpsertCanaryTests.canary)}"
  static let expected = "a vector that is stored as it was answered, and found first by <=>"

  /// Asks a round trip of a world's model, through its database.
  static func finding(_ check: String, url: Secret? = nil, in world: TestWorld) async throws
    -> Finding
  {
    let go = try await Go(
      """
      version: 1
      services:
        database: {postgres: "${DATABASE_URL}"}
        embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: text-embedding-3-small, \
          dimensions: 384}
      checks:
        - {id: trip, round_trip: embedder, \(check)}
      """,
      [
        "DATABASE_URL": (url ?? world.url).reveal { $0 }, "BASE": world.endpoint.url + "/v1",
        "KEY": TestWorld.apiKey.reveal { $0 },
      ])
    return try #require(go["trip"])
  }

  private static func passed(
    _ column: String, _ name: String = "postgres", manner: String = "as they are",
    by sign: String = "<=>"
  ) -> Finding {
    .pass(
      """
      384 numbers of a vector are stored in \(column) \(manner), and it is found first by \(sign), \
      as \(name)
      """, evidence: ["dimension": .number(384)])
  }

  @Test(
    "A vector comes back and is found, as whoever writes it, and the database keeps nothing",
    arguments: [16, 18])
  func passes(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      let column = "similarity_cache.embedding"
      #expect(try await Self.finding(Self.cache, in: world) == Self.passed(column))
      #expect(
        try await Self.finding("\(Self.cache), as: embedding_worker", in: world)
          == Self.passed(column, "embedding_worker"))
      // Among other rows.
      try await world.execute(
        """
        insert into similarity_cache (repository_id, item_type, item_id, embedding)
        select 'r', 'issue', gen_random_uuid(), array_fill(1, array[n]) || array_fill(0, array[384 - n])
        from generate_series(1, 300) n
        """)
      #expect(try await Self.finding(Self.cache, in: world) == Self.passed(column))
      #expect(try await world.number("select count(*)::int from similarity_cache") == 300)
    }
  }

  @Test(
    "Every type and every metric keeps a vector as far as it can",
    arguments: [
      ("vector(384)", "cosine", "<=>", "as they are"), ("vector", "l2", "<->", "as they are"),
      ("halfvec(384)", "l1", "<+>", "half as precise"),
      ("embedding", "inner_product", "<#>", "as they are"),
      ("vector(384)) partition by list (id", "cosine", "<=>", "as they are"),
    ])
  func types(_ type: String, _ metric: String, _ sign: String, _ manner: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create domain embedding as vector(384) not null;
        create schema "S p";
        create table "S p"."T" (id int default 1, "V" \(type));
        """)
      if type.contains("partition") {
        try await world.execute(
          #"create table part partition of "S p"."T" for values in (1)"#)
      }
      let finding = try await Self.finding(
        #"into: '"S p"."T"."V"', metric: \#(metric), canary: {'"V"': $embedding}"#, in: world)
      #expect(finding == Self.passed(#""S p"."T"."V""#, manner: manner, by: sign))
    }
  }

  @Test("pgvector may be in a schema that the search path does not have")
  func otherSchema() async throws {
    try await TestWorld.run([.extensionInOtherSchema]) { world in
      let finding = try await Self.finding(Self.cache, in: world)
      #expect(finding == Self.passed("similarity_cache.embedding"))
    }
  }

  @Test(
    "A vector that a trigger changes or takes away fails, and the fix shows the trigger",
    arguments: [
      ("new.v = (new.v::real[])[1:192]; return new", "192 numbers are stored of 384"),
      ("new.v = null; return new", "null is stored"), ("return null", "no row is stored"),
      (
        "new.v = new.v::halfvec::vector; return new",
        "number 19 of 384 is stored as 0.08679199, and was 0.08678426"
      ),
    ])
  func changed(_ body: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (v vector);" + Meddler.script("before insert", body))
      let finding = try await Self.finding("into: t.v", in: world)
      #expect(
        finding
          == .fail(
            "t.v does not keep a vector: \(observed)", expected: Self.expected,
            observed: observed, fix: Meddler.fix))
      #expect(try await world.text(Meddler.fix)?.hasPrefix("CREATE TRIGGER meddles ") == true)
    }
  }

  @Test("A halfvec that is off by more than half of its last place fails")
  func tooCoarse() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (v halfvec(384));"
          + Meddler.script(
            "before insert",
            "new.v = new.v + ('[0.0005' || repeat(',0', 383) || ']')::halfvec; return new"))
      let finding = try await Self.finding("into: t.v", in: world)
      #expect(finding.status == .fail)
      #expect(finding.observed?.hasPrefix("number 1 of 384 is stored as ") == true, "\(finding)")
    }
  }

  /// The vector of the text that makes the trip, as SQL.
  private static let own =
    "'["
    + FeatureHashing(dimensions: 384)
    .vector(of: "preflight: a text on its way there and back").map { "\($0)" }
    .joined(separator: ",") + "]'::vector"

  @Test(
    "A search that finds another row first fails",
    arguments: [
      (
        "insert into t values (\(own))", "cosine", "another row with the very same vector first",
        "select count(*), count(distinct v) from t;   -- few vectors for many rows?"
      ),
      (
        "insert into t values (\(own) * array_fill(9, array[384])::vector)", "inner_product",
        "a longer vector first",
        "metric: cosine   # or store vectors of length 1"
      ),
    ])
  func notFirst(_ sql: String, _ metric: String, _ observed: String, _ fix: String) async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (v vector(384)); \(sql)")
      let finding = try await Self.finding("into: t.v, metric: \(metric)", in: world)
      let sign = metric == "cosine" ? "<=>" : "<#>"
      #expect(
        finding
          == .fail(
            "a search of t.v by \(sign) with a row's own vector finds \(observed)",
            expected: Self.expected.replacing("<=>", with: sign), observed: observed, fix: fix))
      if metric == "cosine" { #expect(try await world.connection.query(fix).count == 1) }
    }
  }

  @Test("A row that a trigger takes away after the write is not found")
  func goneAfter() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create table t (id int default 0, v vector(384));
        insert into t values (1, array_fill(1, array[384])::vector);
        """ + Meddler.script("after insert", "delete from t where id = 0; return null"))
      let finding = try await Self.finding("into: t.v", in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.observed?.hasPrefix("another row, at a distance of 0.96") == true, "\(finding)")
      try await world.execute("delete from t")
      #expect(try await Self.finding("into: t.v", in: world).observed == "no row at all first")
    }
  }

  @Test("A row that only the index misses is told, and is no failure")
  func missed() async throws {
    try await TestWorld.run { world in
      // An index that orders by another function than its operator's.
      try await world.execute(
        """
        create operator class other_ops for type vector using hnsw as
          operator 1 <=> (vector, vector) for order by float_ops,
          function 1 vector_negative_inner_product(vector, vector);
        create table t (v vector(384));
        create index on t using hnsw (v other_ops);
        insert into t values (\(Self.own) * array_fill(9, array[384])::vector
          + array_fill(1, array[384])::vector);
        do $$ begin
          execute format('alter database %I set enable_seqscan = off', current_database());
        end $$
        """)
      let finding = try await Self.finding("into: t.v", in: world)
      #expect(finding.status == .pass)
      #expect(
        finding.message
          == Self.passed("t.v").message + "; its index, which is approximate, misses it")
    }
  }

  @Test("A model that gives all texts one vector fails")
  func constant() async throws {
    try await TestWorld.run([.constantVectors]) { world in
      let finding = try await Self.finding(Self.cache, in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.message == "4 different texts have all got the same vector (status 200)")
    }
  }

  @Test(
    "A column that takes no such vector fails, and the fix makes it one",
    arguments: [
      (
        "t.vec", "t.vec takes 3 numbers, and the model answers 384",
        """
        -- stored vectors of another length cannot be kept: they have to be made again
        alter table t alter column vec type vector(384) using null;
        """
      ),
      ("t.vek", "t has no column vek; did you mean vec?", "into: t.vec"),
      ("tt.vec", "there is no table tt; did you mean t?", "into: t.vec"),
      (
        "t.a", "t.a is of type integer",
        "alter table t alter column a type vector(…) using null;"
      ),
      ("look.vec", "look is no table", "into: …   # the column of the table behind it"),
    ])
  func unfit(_ column: String, _ observed: String, _ fix: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (a int, vec vector(3)); create view look as select null::vector(384) as vec"
      )
      let finding = try await Self.finding("into: \(column)", in: world)
      #expect(
        finding
          == .fail(
            observed, expected: "a column of a table for 384 numbers", observed: observed,
            fix: fix))
      if column == "t.vec" {
        try await world.execute(try #require(finding.fix))
        #expect(try await Self.finding("into: t.vec", in: world) == Self.passed("t.vec"))
      }
    }
  }

  @Test("Without an endpoint that answers, the check is skipped")
  func noEndpoint() async throws {
    try await TestWorld.run([.errors500]) { world in
      let finding = try await Self.finding(Self.cache, in: world)
      #expect(finding == .skip(because: "service.embedder"))
    }
  }
}
