import Core
import Discovery
import Postgres
import TestWorld
import Testing

@Suite("Asking a database's catalog", .timeLimit(.minutes(1)))
struct DatabaseSurveyTests {
  private func survey(
    _ world: TestWorld, _ source: SourceFacts = SourceFacts()
  ) async throws -> DatabaseFacts {
    try await DatabaseSurvey.read(
      over: world.connection.readOnly(statementTimeout: .seconds(10)), for: source)
  }

  @Test("the postmortem's database, as a whole")
  func postmortem() async throws {
    try await TestWorld.run { world in
      let facts = try await survey(world)
      #expect(
        facts.tables.map(\.name.name) == [
          "discussions", "embedding_jobs", "issues", "pull_requests", "similarity_cache",
        ])
      let cache = try #require(facts.tables.last)
      #expect(
        cache
          == .init(
            .init("similarity_cache"), rows: 0,
            columns: [
              .init("id", "uuid", isNotNull: true, isFilled: true),
              .init("repository_id", "text", isNotNull: true),
              .init("item_type", "text", isNotNull: true),
              .init("item_id", "uuid", isNotNull: true),
              .init(
                "embedding", "vector", dimension: 384, isNotNull: true, indexMetric: "cosine"),
              .init("content_hash", "text"),
              .init("ttl_hours", "int4", isNotNull: true, isFilled: true),
              .init("created_at", "timestamptz", isNotNull: true, isFilled: true),
            ], primaryKey: ["id"], uniqueKeys: [["repository_id", "item_type", "item_id"]],
            takesRows: true))
      #expect(facts.tables[2].rows == 105)
      let function = try #require(facts.functions.first)
      #expect(facts.functions.map(\.name.name) == [function.name.name, "match_similar_items"])
      #expect(function.body.contains("update embedding_jobs"))
      #expect(
        function
          == .init(
            .init("increment_embedding_job_progress"),
            [.init("job_id", "uuid"), .init("increment_count", "integer")], returns: "void",
            body: function.body, executors: ["service_role"]))
      #expect(facts.roles == ["anon", "authenticated", "service_role"])
      #expect(facts.calledFunctions == [])
      #expect(facts.gaps == [])
    }
  }

  @Test("types, lengths and keys of every sort")
  func sorts() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create domain short_vector as vector(3);
        create schema apart;
        create table apart.sorts (
          a int, b text, half halfvec(8), any_length vector, short short_vector, gone int,
          primary key (b, a), unique (a) deferrable);
        alter table apart.sorts drop column gone;
        create unique index on apart.sorts (b) where a > 0;
        create unique index on apart.sorts (lower(b));
        create unique index on apart.sorts (b) include (a);
        create table apart.parts (id int, v vector(2)) partition by list (id);
        create table apart.part partition of apart.parts for values in (1);
        create table apart.plain (id int);
        create table apart.written (id int unique);
        create view apart.seen as select * from apart.sorts;
        create function apart.search(query vector, most int default 5, out id int, out near float)
          returns setof record language sql as 'select 1, 1.0::float';
        create function apart.search(text) returns table ("Odd, one" int) language sql
          as 'select 1';
        create function apart.touch() returns trigger language plpgsql as 'begin return new; end';
        """, timeout: .seconds(10))
      var source = SourceFacts()
      source.upserts = [.init(table: "written", key: [], place: Sighting(path: "a", line: 1))]
      source.calls = ["search", "nothing", "vector_dims"].map {
        .init(function: $0, arguments: nil, place: Sighting(path: "a", line: 1))
      }
      let facts = try await survey(world, source)
      let own = facts.tables.filter { $0.name.schema == "apart" }
      #expect(own.map(\.name.name) == ["parts", "sorts", "written"])
      #expect(
        own[1]
          == .init(
            .init(schema: "apart", "sorts"), rows: 0,
            columns: [
              .init("a", "int4", isNotNull: true), .init("b", "text", isNotNull: true),
              .init("half", "halfvec", dimension: 8), .init("any_length", "vector"),
              .init("short", "vector", dimension: 3),
            ], primaryKey: ["b", "a"], uniqueKeys: [["b"]], takesRows: true))
      let functions = facts.functions.filter { $0.name.schema == "apart" }
      #expect(
        functions == [
          .init(
            .init(schema: "apart", "search"),
            [.init("query", "vector"), .init("most", "integer")], defaults: 1,
            returns: "setof record", body: "select 1, 1.0::float", isOverloaded: true,
            executors: ["anon", "authenticated", "service_role"]),
          .init(
            .init(schema: "apart", "search"), [.init("", "text")],
            returns: "table (\"Odd, one\" integer)", body: "select 1", isOverloaded: true,
            executors: ["anon", "authenticated", "service_role"]),
        ])
      #expect(facts.calledFunctions == ["search", "vector_dims"])
    }
  }

  @Test(
    "what constrains a column, indexes its vectors, and whether it holds any", arguments: [16, 18])
  func uses(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(
        """
        create table first (a int primary key);
        create table used (
          a int references first, b int check (b > 0), c halfvec(2), d vector(2), e vector(2));
        create index on used using hnsw (c halfvec_l1_ops);
        create index on used using ivfflat (d vector_ip_ops);
        create index on used using hnsw ((e::halfvec(2)) halfvec_cosine_ops);
        insert into used (c) values ('[1,2]'); analyze used;
        """, timeout: .seconds(10))
      let facts = try await survey(world)
      let table = try #require(facts.tables.first { $0.name.name == "used" })
      #expect(
        table.columns == [
          .init("a", "int4", isConstrained: true), .init("b", "int4", isConstrained: true),
          .init("c", "halfvec", dimension: 2, isStored: true, indexMetric: "l1"),
          .init("d", "vector", dimension: 2, indexMetric: "inner_product"),
          .init("e", "vector", dimension: 2),
        ])
      #expect(table.takesRows)
    }
  }

  @Test("a role with few rights sees what it may use, and is told what it may not look into")
  func fewRights() async throws {
    try await TestWorld.run { world in
      let name = "survey_\(world.connection.server.database)"
      try await world.connection.script(
        """
        create schema closed; create table closed.t (v vector(3));
        create schema shut; create table shut.t (a int);
        create role \(name) login password 'only-a-test';
        """, timeout: .seconds(10))
      let server = world.connection.server
      let connection = try await Connection.open(
        .init("postgres://\(name):only-a-test@\(server.host):\(server.port)/\(server.database)"),
        timeout: .seconds(10))
      let facts = try await DatabaseSurvey.read(
        over: connection.readOnly(statementTimeout: .seconds(10)), for: SourceFacts())
      await connection.close()
      try await world.connection.script("drop role \(name)", timeout: .seconds(10))
      #expect(facts.tables.map(\.takesRows) == Array(repeating: false, count: 5))
      #expect(facts.functions.count == 2)
      #expect(
        facts.gaps == ["The schema closed holds vectors, and this role may not look into it."])
    }
  }

  @Test("an extension's own tables and functions, and a platform's schemas, are nobody's guess")
  func foreign() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create schema auth; create table auth.t (status text, v vector(3));
        create function auth.embed(a text) returns int language sql as 'select 1';
        create schema preflight; create table preflight.run (status text);
        """, timeout: .seconds(10))
      let facts = try await survey(world)
      #expect(
        facts.functions.map(\.name.name)
          == ["increment_embedding_job_progress", "match_similar_items"])
    }
  }

  @Test("a database without pgvector and without tables has nothing to tell")
  func empty() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        "drop schema public cascade; create schema public", timeout: .seconds(10))
      let facts = try await survey(world)
      #expect(facts.tables == [])
      #expect(facts.functions == [])
      #expect(facts.gaps == [])
    }
  }
}
