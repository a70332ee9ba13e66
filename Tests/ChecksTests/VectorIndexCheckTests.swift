import Gate
import Postgres
import TestWorld
import Testing

@testable import Checks

@Suite(.timeLimit(.minutes(2))) struct VectorIndexCheckTests {
  private static let check = "vector_index: t.v, metric: cosine"
  private static let table = "create table t (v vector(3)); "
  private static let hnsw = "create index on t using hnsw (v vector_cosine_ops);"

  /// Carries out a fix, statement by statement: a concurrent build is no part of a transaction.
  private func carryOut(_ fix: String?, in world: TestWorld) async throws {
    for statement in try #require(fix).split(separator: ";\n") {
      try await world.execute(String(statement))
    }
  }

  private func function(_ body: String) -> String {
    """
    create function search(q vector(3)) returns setof t language sql stable as $$
      \(body)
    $$;
    """
  }

  @Test(
    "An index that serves the metric passes, by whatever method and on whatever of pgvector's types",
    arguments: [
      ("v vector(3)", "hnsw (v vector_cosine_ops)", "cosine", "hnsw", "vector_cosine_ops"),
      ("v vector(3)", "hnsw (v vector_l1_ops)", "l1, method: hnsw", "hnsw", "vector_l1_ops"),
      ("v halfvec(3)", "hnsw (v halfvec_ip_ops)", "inner_product", "hnsw", "halfvec_ip_ops"),
      ("v sparsevec(3)", "hnsw (v sparsevec_l2_ops)", "l2", "hnsw", "sparsevec_l2_ops"),
      (
        "v vector(3)", "hnsw ((v::halfvec(3)) halfvec_cosine_ops)", "cosine", "hnsw",
        "halfvec_cosine_ops"
      ),
      (
        "v vector", "hnsw ((v::vector(3)) vector_cosine_ops) where v is not null", "cosine", "hnsw",
        "vector_cosine_ops"
      ),
    ])
  func serves(
    _ column: String, _ index: String, _ metric: String, _ method: String, _ operators: String
  ) async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (\(column)); create index i on t using \(index)")
      let version = try await world.text(
        "select extversion from pg_extension where extname = 'vector'")
      #expect(
        try await Go.finding("vector_index: t.v, metric: \(metric)", in: world)
          == .pass(
            "t.v has the \(method) index i by \(operators)",
            evidence: [
              "index": .text("i"), "operator_class": .text(operators), "indexes": .list(["i"]),
              "pgvector": .text(try #require(version)),
            ]))
    }
  }

  @Test(
    "What serves no search is told with its reason, and the fix makes an index that does",
    arguments: [
      ("", "", "no hnsw or ivfflat index serves cosine"),
      (
        "create index i on t using hnsw (v vector_l2_ops)", "",
        "no hnsw or ivfflat index serves cosine (i: it is by vector_l2_ops, for l2)"
      ),
      (
        "create index i on t using hnsw (v vector_cosine_ops) where n = 1", "",
        "no hnsw or ivfflat index serves cosine (i: it covers only rows where (n = 1))"
      ),
      (
        "create index i on t using hnsw (v vector_cosine_ops)", ", method: ivfflat",
        "no ivfflat index serves cosine (i: it is hnsw)"
      ),
      (
        "create index i on t using hnsw ((binary_quantize(v)::bit(3)) bit_hamming_ops)", "",
        "no hnsw or ivfflat index serves cosine"
      ),
    ])
  func lacks(_ sql: String, _ settings: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (v vector(3), n int); \(sql)")
      let finding = try await Go.finding(Self.check + settings, in: world)
      let method = settings.isEmpty ? "hnsw" : "ivfflat"
      #expect(finding.status == .fail)
      #expect(finding.message == "t.v: \(observed)")
      #expect(finding.observed == observed)
      #expect(
        finding.fix
          == "create index concurrently on t using \(method) (v vector_cosine_ops);")
      try await carryOut(finding.fix, in: world)
      #expect(try await Go.finding(Self.check + settings, in: world).status == .pass)
    }
  }

  @Test(
    "An index that is invalid or not ready is built again",
    arguments: [
      ("indisvalid", "it is invalid, as a failed `create index concurrently` leaves it"),
      ("indisready", "it is not ready, and may still be being built"),
    ])
  func broken(_ flag: String, _ reason: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create schema far; create table far.t (v vector(3));
        create index i on far.t using hnsw (v vector_cosine_ops);
        update pg_index set \(flag) = false where indexrelid = 'far.i'::regclass
        """)
      let check = "vector_index: far.t.v, metric: cosine"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding.message == "far.t.v: no hnsw or ivfflat index serves cosine (far.i: \(reason))")
      #expect(finding.fix == "reindex index concurrently far.i;")
      try await carryOut(finding.fix, in: world)
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("More dimensions than an index takes are indexed as halfvec")
  func long() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (v vector(3072))")
      let finding = try await Go.finding(Self.check, in: world)
      #expect(
        finding.fix == """
          create index concurrently on t using hnsw ((v::halfvec(3072)) halfvec_cosine_ops);
          """)
      try await carryOut(finding.fix, in: world)
      #expect(try await Go.finding(Self.check, in: world).status == .pass)
    }
  }

  @Test("The extension's schema stands before its names where the search path does not have it")
  func schema() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create schema ext; alter extension vector set schema ext;
        create table t (v ext.vector(3072), n int) partition by hash (n)
        """)
      let finding = try await Go.finding(Self.check, in: world)
      #expect(
        finding.fix == """
          create index on t using hnsw ((v::ext.halfvec(3072)) ext.halfvec_cosine_ops);
          """)
      try await carryOut(finding.fix, in: world)
      #expect(try await Go.finding(Self.check, in: world).status == .pass)
    }
  }

  @Test("An ivfflat index that was built on no vectors passes, and is told as such")
  func emptyLists() async throws {
    try await TestWorld.run { world in
      let index = "create index i on t using ivfflat (v vector_cosine_ops) with (lists = 1)"
      try await world.execute(Self.table + index)
      let finding = try await Go.finding(Self.check, in: world)
      #expect(finding.status == .pass)
      #expect(
        finding.message == """
          t.v has the ivfflat index i by vector_cosine_ops; it was built on no vectors, so that its \
          lists mean nothing until, with the rows there, `reindex index concurrently i`
          """)
      #expect(finding.evidence["built_on_no_vectors"] == .flag(true))
      try await world.execute("insert into t values ('[1, 2, 3]')")
      try await world.execute("reindex index concurrently i")
      let filled = try await Go.finding(Self.check, in: world)
      #expect(filled.message == "t.v has the ivfflat index i by vector_cosine_ops")
      #expect(filled.evidence["built_on_no_vectors"] == .flag(false))
    }
  }

  @Test("A function that searches by another metric fails, and the fix replaces its operator")
  func otherOperator() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        Self.table + Self.hnsw + function("select * from t order by v <-> q limit 5 -- not <=>"))
      let check = Self.check + ", searched_by: search"
      let finding = try await Go.finding(check, in: world)
      #expect(finding.status == .fail)
      #expect(finding.observed == "search(vector) searches by <->, which is l2")
      #expect(
        finding.expected
          == "an hnsw or ivfflat index on t.v for cosine, and search searching by <=>")
      #expect(finding.fix?.hasPrefix("CREATE OR REPLACE FUNCTION public.search(q vector)") == true)
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world).status == .pass)
      let missing = try await Go.finding(Self.check + ", searched_by: serch", in: world)
      #expect(missing.observed == "there is no function serch; did you mean search?")
      #expect(missing.fix == "searched_by: search")
    }
  }

  @Test(
    "A function of which the operator cannot be told is no pass",
    arguments: [
      ("select * from t", "none of <=>, <->, <#>, <+> stands in the body of search(vector)"),
      (
        "select * from t order by v <=> q, v <-> q",
        "<=> and <-> stand in the body of search(vector)"
      ),
    ])
  func untold(_ body: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(Self.table + Self.hnsw + function(body))
      let finding = try await Go.finding(Self.check + ", searched_by: search", in: world)
      #expect(finding.status == .error)
      #expect(finding.observed == observed)
      #expect(
        finding.fix == "select prosrc from pg_proc where oid = 'search(vector)'::regprocedure;")
      try await world.execute(try #require(finding.fix))
    }
  }

  @Test("Several functions of the name, or one without the index's cast, cannot be told")
  func overloadsAndCasts() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        Self.table + "create index i on t using hnsw ((v::halfvec(3)) halfvec_cosine_ops);"
          + function("select * from t order by v <=> q"))
      let check = Self.check + ", searched_by: public.search"
      let uncast = try await Go.finding(check, in: world)
      #expect(uncast.status == .error)
      #expect(
        uncast.observed == """
          i is on a cast to halfvec(3), which the body of search(vector) does not hold
          """)
      #expect(uncast.fix?.hasPrefix("-- order by v::halfvec(3) <=> …\n") == true)
      try await world.execute(
        "drop function search; "
          + function("select * from t order by v :: HALFVEC ( 3 ) <=> q::halfvec(3)"))
      #expect(try await Go.finding(check, in: world).status == .pass)
      try await world.execute(
        "create function search(q text) returns int language sql as 'select 1'")
      #expect(
        try await Go.finding(check, in: world).observed
          == "public.search may be any of search(text) and search(vector)")
    }
  }

  @Test("pgvector before 0.8.3 fails with an hnsw index and not with an ivfflat one")
  func corruption() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        Self.table + Self.hnsw
          + "update pg_extension set extversion = '0.8.2' where extname = 'vector'")
      let finding = try await Go.finding(Self.check, in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.observed
          == "pgvector 0.8.2 can corrupt an hnsw index when it is vacuumed, before 0.8.3")
      #expect(
        finding.fix == """
          alter extension vector update;
          reindex index concurrently t_v_idx;
          """)
      try await carryOut(finding.fix, in: world)
      #expect(try await Go.finding(Self.check, in: world).status == .pass)
      try await world.execute(
        """
        update pg_extension set extversion = '0.8.2' where extname = 'vector'; drop index t_v_idx;
        create index on t using ivfflat (v vector_cosine_ops) with (lists = 1)
        """)
      #expect(try await Go.finding(Self.check, in: world).status == .pass)
    }
  }

  @Test("A version of pgvector that is no number is not known to be free of faults")
  func unknownVersion() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        Self.table + Self.hnsw
          + "update pg_extension set extversion = '0.9dev' where extname = 'vector'")
      let finding = try await Go.finding(Self.check, in: world)
      #expect(finding.status == .error)
      #expect(
        finding.observed
          == "pgvector is of the version \"0.9dev\", which cannot be compared with 0.8.3")
    }
  }

  @Test(
    "What is no column of vectors of a table is told as such",
    arguments: [
      ("isues.embedding", "there is no table isues; did you mean issues?"),
      ("issues.embeding", "issues has no column embeding; did you mean embedding?"),
      ("issues.title", "issues.title is of type text"),
      ("seen.embedding", "seen is no table, so that it has no index"),
    ])
  func unfit(_ column: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute("create view seen as select embedding from issues")
      let finding = try await Go.finding("vector_index: \(column), metric: l2", in: world)
      #expect(finding.status == .fail)
      #expect(finding.message == observed)
      #expect(finding.expected == "an hnsw or ivfflat index on \(column) for l2")
    }
  }
}
