import Core
import Gate
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct DimensionCheckTests {
  @Test("Declared, answered and stored dimensions that agree pass")
  func agrees() async throws {
    try await TestWorld.run { world in
      let finding = try await DimensionGo.finding(
        "[issues.embedding, public.similarity_cache.embedding]", in: world)
      #expect(
        finding
          == .pass(
            """
            384 in `dimensions` of embedder, the answer of text-embedding-3-small, issues.embedding \
            and public.similarity_cache.embedding
            """, evidence: ["dimension": .number(384)]))
    }
  }

  @Test("A column of another dimension is the odd one out, and the fix alters it")
  func column() async throws {
    try await TestWorld.run([.columnDimension]) { world in
      let finding = try await DimensionGo.finding(
        "[issues.embedding, similarity_cache.embedding]", in: world)
      #expect(
        finding
          == .fail(
            """
            1536 in similarity_cache.embedding, but 384 in `dimensions` of embedder, the answer of \
            text-embedding-3-small and issues.embedding
            """,
            expected: "384", observed: "1536 (similarity_cache.embedding)",
            fix: """
              -- stored vectors of another length cannot be kept: they have to be made again
              -- similarity_cache takes no null there: `truncate similarity_cache` first, if it has rows
              alter table similarity_cache alter column embedding type vector(384) using null;
              """,
            evidence: [
              "`dimensions` of embedder": .number(384),
              "the answer of text-embedding-3-small": .number(384),
              "issues.embedding": .number(384), "similarity_cache.embedding": .number(1536),
            ]))
      try await world.execute(try #require(finding.fix))
      #expect(
        try await DimensionGo.finding("similarity_cache.embedding", in: world).status == .pass)
    }
  }

  @Test("An answer of another dimension is the odd one out")
  func answer() async throws {
    try await TestWorld.run([.dimensionsIgnored]) { world in
      let finding = try await DimensionGo.finding("issues.embedding", in: world)
      #expect(
        finding.message == """
          1536 in the answer of text-embedding-3-small, but 384 in `dimensions` of embedder and \
          issues.embedding
          """)
      #expect(finding.observed == "1536 (the answer of text-embedding-3-small)")
      #expect(
        finding.fix == """
          dimensions: 384   # under `embedder`, in each request, and the endpoint must heed it
          # or declare `dimensions: 1536`, and store that:
          # -- stored vectors of another length cannot be kept: they have to be made again
          # alter table issues alter column embedding type vector(1536) using null;
          # -- items_needing_embeddings must be dropped before and made anew after
          """)
    }
  }

  @Test("Nothing declared, and a model whose own width the column has not")
  func undeclared() async throws {
    try await TestWorld.run { world in
      let finding = try await DimensionGo.finding(
        "issues.embedding", "model: text-embedding-3-small", in: world)
      #expect(finding.expected == "1536")
      #expect(finding.observed == "384 (issues.embedding)")
      let fix = try #require(finding.fix)
      #expect(
        fix.hasPrefix(
          """
          -- stored vectors of another length cannot be kept: they have to be made again
          begin;
          drop view items_needing_embeddings;
          alter table issues alter column embedding type vector(1536) using null;
          create view items_needing_embeddings as
          """))
      #expect(
        fix.hasSuffix(
          """
          commit;
          -- or keep the columns, and have `dimensions: 384` asked for:
          -- dimensions: 384   # under `embedder`
          """))
      let privileges = """
        select string_agg(acl::text, ' ' order by acl::text) from pg_class, unnest(relacl) as acl
        where relname = 'items_needing_embeddings'
        """
      let before = try await world.text(privileges)
      try await world.execute(fix)
      #expect(try await world.text(privileges) == before)
      #expect(
        try await DimensionGo.finding(
          "issues.embedding", "model: text-embedding-3-small", in: world
        )
        .status == .pass)
    }
  }

  @Test("A wrong declaration is the odd one out")
  func declaration() async throws {
    try await TestWorld.run([.dimensionsIgnored]) { world in
      try await world.execute("create table t (v vector(1536))")
      let finding = try await DimensionGo.finding("t.v", in: world)
      #expect(finding.observed == "384 (`dimensions` of embedder)")
      #expect(finding.fix == "dimensions: 1536   # under `embedder`")
    }
  }

  @Test("Without a key, what is declared is judged all the same, and the message says so")
  func keyless() async throws {
    try await TestWorld.run([.columnDimension]) { world in
      let unheard = "text-embedding-3-small was not heard (service.embedder does not stand)"
      let fits = try await DimensionGo.finding("issues.embedding", key: nil, in: world)
      #expect(fits.message == "384 in `dimensions` of embedder and issues.embedding; \(unheard)")
      #expect(fits.status == .pass)
      let differs = try await DimensionGo.finding("similarity_cache.embedding", key: nil, in: world)
      #expect(
        differs.message == """
          1536 in similarity_cache.embedding, but 384 in `dimensions` of embedder; \(unheard)
          """)
      #expect(differs.status == .fail)
      let known = try await DimensionGo.finding(
        "issues.embedding", "model: text-embedding-3-small", key: nil, in: world)
      #expect(
        known.message == """
          384 in issues.embedding, but 1536 in the default of text-embedding-3-small; \(unheard)
          """)
      try await world.execute("create table t (v vector(1536))")
      let fitting = try await DimensionGo.finding(
        "t.v", "model: text-embedding-3-small", key: nil, in: world)
      #expect(
        fitting
          == .pass(
            "1536 in the default of text-embedding-3-small and t.v; \(unheard)",
            evidence: ["dimension": .number(1536)]))
      let unknown = try await DimensionGo.finding(
        "issues.embedding", "model: mine", key: nil, in: world)
      #expect(unknown.status == .error)
      #expect(
        unknown.message
          == "nothing tells the dimension of mine: service.embedder does not stand")
    }
  }

  @Test("Without a database, declaration and answer are judged all the same")
  func databaseDown() async throws {
    try await TestWorld.run([.dimensionsIgnored]) { world in
      let nowhere = Secret("postgres://nobody@127.0.0.1:1/none")
      let finding = try await DimensionGo.finding("issues.embedding", url: nowhere, in: world)
      #expect(finding.status == .fail)
      #expect(finding.observed == "1536 (the answer of text-embedding-3-small)")
    }
    try await TestWorld.run { world in
      let nowhere = Secret("postgres://nobody@127.0.0.1:1/none")
      let finding = try await DimensionGo.finding("issues.embedding", url: nowhere, in: world)
      #expect(finding == .skip(because: "service.database"))
    }
  }

  @Test(
    "A column that takes no such vectors is told with the statement that mends it",
    arguments: [
      ("t.any", "t.\"any\" takes vectors of any dimension"),
      ("t.words", "t.words is of type text"),
      ("t.wrds", "t has no column wrds; did you mean words?"),
      ("isues.embedding", "there is no table isues; did you mean issues?"),
      (
        "t.wide",
        "t.wide is vector(3072), and no index takes more than 2000 dimensions of that type"
      ),
    ])
  func unusable(_ column: String, _ message: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table t (\"any\" vector, words text, wide vector(3072), half halfvec(384))")
      let wide = column == "t.wide"
      let finding = try await DimensionGo.finding(
        column,
        wide
          ? "model: text-embedding-3-large, dimensions: 3072"
          : "model: text-embedding-3-small, dimensions: 384", in: world)
      #expect(finding.status == .fail)
      #expect(finding.message == message)
      guard column.hasPrefix("t.") else { return }
      try await world.execute(try #require(finding.fix))
    }
  }

  @Test("Half precision and domains have their own dimension")
  func otherTypes() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create domain small as vector(384); create table t (half halfvec(384), own small)")
      let finding = try await DimensionGo.finding("[t.half, t.own]", in: world)
      #expect(finding.status == .pass)
    }
  }

  @Test("A view's column is followed down to its table, whose views are made anew by the fix")
  func views() async throws {
    try await TestWorld.run([.columnDimension]) { world in
      try await world.execute(
        """
        create view shown as select id, embedding from similarity_cache;
        create materialized view counted as select count(embedding) as n from shown;
        create view again with (security_invoker = true) as select * from shown;
        grant select on again to anon;
        """)
      let finding = try await DimensionGo.finding("again.embedding", in: world)
      #expect(finding.observed == "1536 (again.embedding)")
      try await world.execute(try #require(finding.fix))
      #expect(try await DimensionGo.finding("again.embedding", in: world).status == .pass)
      #expect(
        try await world.text(
          """
          select reloptions::text || ' ' || has_table_privilege('anon', oid, 'select')
          from pg_class where relname = 'again'
          """) == "{security_invoker=true} true")
      #expect(try await world.number("select n from counted") == 0)
    }
  }
}
