import Core
import Postgres
import Testing

@Suite("Parameters and rows")
struct ParameterTests {
  @Test("every type comes back as it was sent", arguments: [16, 18])
  func roundTrips(version: Int) async throws {
    try await TestDatabase.run(on: version) { _, connection in
      let rows = try await connection.query(
        """
        select $1 as text, $2 as bool, $3 as int2, $4 as int4, $5 as int8, $6 as float8,
          $7 as bytes, $8 as texts, $9 as int4s, $10 as int8s, $11::float8[]::text as float8s,
          $12::uuid as uuid, $13::jsonb as json, $14::timestamptz as at, $15::text as nothing
        """,
        [
          .text("Grüße, 世界 🚀"), .bool(true), .int2(-2), .int4(.min), .int8(.max),
          .float8(-0.1), .bytes([0, 255, 10]), .textArray(["a", "", "quo\"te,{}"]),
          .int4Array([1, -1]), .int8Array([.min, 0, .max]), .float8Array([0.5, -2]),
          .literal("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), .literal(#"{"a": [1, null]}"#),
          .literal("2026-11-24T05:45:00.25Z"), .null,
        ])
      let row = try #require(rows.first)
      #expect(rows.count == 1)
      #expect(rows.commandTag == "SELECT 1")
      #expect(try row.text("text") == "Grüße, 世界 🚀")
      #expect(try row.bool("bool"))
      #expect(try row.int("int2") == -2)
      #expect(try row.int("int4") == Int(Int32.min))
      #expect(try row.int("int8") == Int.max)
      #expect(try row.double("float8") == -0.1)
      #expect(try row.bytes("bytes") == [0, 255, 10])
      #expect(try row.texts("texts") == ["a", "", "quo\"te,{}"])
      #expect(try row.ints("int4s") == [1, -1])
      #expect(try row.ints("int8s") == [.min, 0, .max])
      #expect(try row.text("float8s") == "{0.5,-2}")
      #expect(try row.text("uuid") == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
      #expect(try row.text("json") == #"{"a": [1, null]}"#)
      #expect(try row.timestamp("at").rfc3339 == "2026-11-24T05:45:00Z")
      #expect(try row.timestamp("at").milliseconds % 1_000 == 250)
      #expect(try row.isNull("nothing"))
      #expect(try row.optionalText("nothing") == nil)
    }
  }

  @Test("empty arrays, and nulls within arrays, arrive as such")
  func arrays() async throws {
    try await TestDatabase.run { _, connection in
      let rows = try await connection.query(
        "select coalesce(array_length($1, 1), 0) as count, $2::text[]::text as with_null, $1 as empty",
        [.textArray([]), .textArray(["a", nil])])
      let row = try #require(rows.first)
      #expect(try row.int("count") == 0)
      #expect(try row.text("with_null") == "{a,NULL}")
      #expect(try row.texts("empty") == [])
    }
  }

  @Test("a numeric is read as a number")
  func numerics() async throws {
    try await TestDatabase.run { _, connection in
      let numbers = ["0", "1", "-12345.678", "100000000", "0.00012", "10000.0001", "-0.5"]
      let rows = try await connection.query(
        "select unnest($1::text[])::numeric as number, $1::text[] as texts",
        [
          .textArray(numbers)
        ])
      #expect(try rows.map { row in try row.double("number") } == numbers.compactMap { Double($0) })
      let counts = try await connection.query(
        "select sum(x) as total, avg(x) as mean, 'NaN'::numeric as nan from generate_series(1, 4) x"
      )
      let row = try #require(counts.first)
      #expect(try row.int("total") == 10)
      #expect(try row.double("mean") == 2.5)
      #expect(try row.double("nan").isNaN)
    }
  }

  @Test("names, enums, object identifiers and catalog arrays are read")
  func catalogTypes() async throws {
    try await TestDatabase.run { _, connection in
      try await connection.script(
        "create type mood as enum ('calm', 'worried')", timeout: .seconds(5))
      let rows = try await connection.query(
        """
        select relname, oid, 'worried'::mood as mood, array['calm'::mood] as moods,
          array[relname] as names, '1 2'::int2vector as places, array[oid] as oids, relkind
        from pg_class where oid = 'pg_class'::regclass
        """)
      let row = try #require(rows.first)
      #expect(try row.text("relname") == "pg_class")
      #expect(try row.int("oid") == 1259)
      #expect(try row.text("mood") == "worried")
      #expect(try row.texts("moods") == ["calm"])
      #expect(try row.texts("names") == ["pg_class"])
      #expect(try row.ints("places") == [1, 2])
      #expect(try row.ints("oids") == [1259])
      #expect(try row.text("relkind") == "r")
    }
  }

  @Test("any type can be had as text")
  func textRows() async throws {
    try await TestDatabase.run { _, connection in
      let rows = try await connection.query(
        "select 42 as number, interval '1 day' as span, point(1, 2), null", rows: .text)
      let row = try #require(rows.first)
      #expect(try row.text("number") == "42")
      #expect(try row.text("span") == "1 day")
      #expect(try row.text(2) == "(1,2)")
      #expect(try row.optionalText(3) == nil)
    }
  }

  @Test("what a column does not hold is a fault, not a guess")
  func decodingFaults() async throws {
    try await TestDatabase.run { _, connection in
      let row = try #require(
        try await connection.query("select 1.5 as half, 'x' as text, null::int as gap").first)
      #expect(
        await fault { () throws(PostgresFault) in try row.int("half") }
          == .undecodable(column: "half", type: "numeric"))
      #expect(
        await fault { () throws(PostgresFault) in try row.bool("text") }
          == .undecodable(column: "text", type: "text"))
      #expect(
        await fault { () throws(PostgresFault) in try row.int("gap") }
          == .unexpectedNull(column: "gap"))
      #expect(
        await fault { () throws(PostgresFault) in try row.int("other") } == .columnMissing("other"))
      #expect(
        PostgresFault.undecodable(column: "half", type: "numeric").message
          == "the column half of type numeric does not hold what was asked of it")
    }
  }

  @Test("a NUL in a statement is refused before it could cut the statement short")
  func nulInStatement() async throws {
    try await TestDatabase.run { _, connection in
      #expect(
        await fault { () throws(PostgresFault) in try await connection.query("select 1\0, 2") }
          == .nulInStatement)
      #expect(
        await fault { () throws(PostgresFault) in
          try await connection.query("select $1", [.text("a\0b")])
        }?.sqlState == "22021")
    }
  }

  @Test("the number of rows that a statement changed is told")
  func affectedRows() async throws {
    try await TestDatabase.run { _, connection in
      try await connection.script(
        "create table t (n int); insert into t select generate_series(1, 5)", timeout: .seconds(5))
      let rows = try await connection.query("update t set n = n + 1 where n > 2")
      #expect(rows.affectedRows == 3)
      #expect(rows.commandTag == "UPDATE 3")
      #expect(rows.isEmpty)
    }
  }
}
