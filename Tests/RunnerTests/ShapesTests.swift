import Core
import Monitor
import Postgres
import Runner
import Sandbox
import TestWorld
import Testing

@Suite("Tables of many shapes are embedded", .timeLimit(.minutes(2)))
struct ShapesTests {
  /// A fixture whose pipeline reads and writes what these lines say.
  private func fixture(_ world: TestWorld, from: String, to: [String]) -> RunFixture {
    var fixture = RunFixture(world)
    fixture.options.ramp = []
    fixture.pipeline = """
          - name: shapes
            from: { \(from) }
            to:
      \(to.map { "        - { \($0) }" }.joined(separator: "\n"))
            batch: 3
      """
    return fixture
  }

  @Test("by the columns that name a row together, whatever is in them", arguments: [16, 18])
  func compositeKey(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(
        #"""
        create table "Odd Texts" ("The Tenant" text, "No" bigint, body text, embedding vector(384),
          primary key ("The Tenant", "No"));
        insert into "Odd Texts" select tenant, number, format('%s of %s', number, tenant)
        from unnest(array['plain', '', 'NULL', 'a,b', '{"x"}', E'it''s \\ and "so"', ' ']) as tenant,
          generate_series(9007199254740993, 9007199254740994) as number;
        """#, timeout: .seconds(5))
      let report = try await fixture(
        world, from: #"table: '"Odd Texts"', key: [The Tenant, "No"], text: body"#,
        to: [#"update: '"Odd Texts"', set: { embedding: $embedding }"#]
      ).run()
      #expect(report.ending == .verified)
      #expect([report.items, report.processed, report.skipped] == [14, 14, 0])
      // The same text has the same vector, so each row has its own.
      #expect(
        try await world.number(#"select count(distinct embedding) from "Odd Texts""#) == 14)
    }
  }

  @Test(
    "by a key of any type",
    arguments: [
      ("text", "'a', 'A', 'a '"), ("uuid", "gen_random_uuid(), gen_random_uuid()"),
      ("bigint", "9007199254740993, -1"), ("character(8)", "'one', 'two'"),
      ("character varying(9)", "'one', 'o'"), ("numeric", "1.50, 1.5001"),
      ("bit(4)", "'0001', '0010'"),
      ("timestamptz", "'2026-01-01 00:00:00.000001+00', '2026-01-01 00:00:00.000002+00'"),
      ("kind", "'issue', 'pull request'"), ("short", "'x', 'y'"),
    ])
  func keyType(type: String, values: String) async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create type kind as enum ('issue', 'pull request');
        create domain short as varchar(3);
        create table texts (name \(type) primary key, body text, embedding vector(384));
        insert into texts select name::\(type), 'text number ' || place
          from unnest(array[\(values)]) with ordinality as given (name, place);
        """, timeout: .seconds(5))
      let rows = try await world.number("select count(*) from texts")
      let report = try await fixture(
        world, from: "table: texts, key: name, text: body",
        to: ["update: texts, set: { embedding: $embedding }"]
      ).run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.skipped] == [rows, 0])
      #expect(try await world.number("select count(distinct embedding) from texts") == rows)
    }
  }

  @Test("into half precision, and through a domain", arguments: [16, 18])
  func otherVectors(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(
        """
        create domain embedding as vector(384);
        create domain inner_embedding as embedding;
        alter table issues add half halfvec(384), add own inner_embedding;
        create table halves (id uuid primary key, half halfvec(384));
        create table own (id uuid primary key, own inner_embedding);
        """, timeout: .seconds(5))
      let report = try await fixture(
        world, from: "table: issues, key: id, text: title",
        to: [
          "update: issues, set: { embedding: $embedding, half: $embedding, own: $embedding }",
          "upsert: halves, on_conflict: id, set: { id: source.id, half: $embedding }",
          "upsert: own, on_conflict: id, set: { id: source.id, own: $embedding }",
        ]
      ).run()
      #expect(report.ending == .verified)
      #expect(
        try await world.number(
          """
          select count(*) from issues join halves using (id) join own using (id)
          where issues.half = issues.embedding::halfvec and halves.half = issues.half
            and issues.own = issues.embedding and own.own = issues.embedding
          """) == 105)
    }
  }

  @Test("a domain's length counts before anything is asked")
  func domainLength() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create domain embedding as halfvec(1536);
        create table halves (id uuid primary key, half embedding);
        """, timeout: .seconds(5))
      let report = try await fixture(
        world, from: "table: issues, key: id, text: title",
        to: ["upsert: halves, on_conflict: id, set: { id: source.id, half: $embedding }"]
      ).run()
      #expect(
        report.ending
          == .aborted(
            .dimensionMismatch,
            "public.halves.half takes 1536 dimensions, and the vectors will have 384"))
      #expect(world.endpoint.counts.embeddingsRequests == 0)
    }
  }

  @Test("a vector that half precision cannot hold is given up alone, with its class")
  func halfOverflow() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        "alter table issues add half halfvec(384)", timeout: .seconds(5))
      var fixture = fixture(
        world, from: "table: issues, key: id, text: title",
        to: [
          """
          update: issues, set: { half: "case when source.number = 7 then
            $embedding * array_fill(10000000::real, array[384])::vector else $embedding end" }
          """
        ])
      fixture.conditions.processed = Comparison(.atLeast, .fraction(0.9))
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed] == [104, 1])
      #expect(
        try await world.text("select class from preflight.dead") == "half-overflow")
      #expect(
        try await world.text("select detail from preflight.dead")?
          .hasSuffix("is out of range for type halfvec [22003]") == true)
      #expect(
        try await world.number("select count(*) from issues where half is null and number = 7") == 1
      )
    }
  }

  @Test("partitions are read and written like one table", arguments: [16, 18])
  func partitions(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(
        """
        create type kind as enum ('issue', 'pull request');
        create table notes (tenant integer, id integer, body text, embedding vector(384),
          primary key (tenant, id)) partition by list (tenant);
        create table notes_1 partition of notes for values in (1);
        create table notes_2 partition of notes for values in (2);
        insert into notes select tenant, id, format('note %s of %s', id, tenant)
          from generate_series(1, 2) as tenant, generate_series(1, 10) as id;
        create table found (id integer, tenant integer, kind kind, embedding halfvec(384),
          primary key (tenant, id)) partition by hash (tenant);
        create table found_0 partition of found for values with (modulus 2, remainder 0);
        create table found_1 partition of found for values with (modulus 2, remainder 1);
        insert into found values (3, 1, 'issue', null), (3, 2, 'pull request', null);
        """, timeout: .seconds(5))
      let report = try await fixture(
        world, from: "table: notes, key: [tenant, id], text: body",
        to: [
          "update: notes, set: { embedding: $embedding }",
          """
          upsert: found, on_conflict: [tenant, id],
            set: { id: source.id, tenant: source.tenant, kind: "'issue'", embedding: $embedding }
          """,
        ]
      ).run()
      #expect(report.ending == .verified)
      #expect(
        try await world.number(
          """
          select count(*) from notes join found using (tenant, id)
          where found.kind = 'issue' and found.embedding = notes.embedding::halfvec
          """) == 20)
    }
  }
}
