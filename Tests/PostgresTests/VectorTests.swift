import Postgres
import Testing

@Suite("pgvector's wire format")
struct VectorTests {
  @Test("vectors go in as one array, are unnested, and come back equal", arguments: [16, 18])
  func arrayThroughUnnest(version: Int) async throws {
    try await TestDatabase.run(on: version, vector: true) { _, connection in
      let types = try await VectorTypes(connection)
      _ = try await connection.query("create table item (id bigint primary key, v vector(3))")
      let vectors: [[Float]] = [[1, 2, 3], [-0.5, 1e-7, 3.4e38], [0, -0.0, 1]]
      let written = try await connection.query(
        "insert into item select * from unnest($1::bigint[], $2::vector[])",
        [
          .int8Array([1, 2, 3]),
          .vectors(vectors, arrayOID: types.array, elementOID: types.vector),
        ])
      #expect(written.affectedRows == 3)
      let rows = try await connection.query("select id, v from item order by id")
      #expect(try rows.map { row in try row.vector("v") } == vectors)
      let nearest = try await connection.query(
        "select id from item order by v <-> $1 limit 1",
        [.vector([1, 2, 2.5], typeOID: types.vector)])
      #expect(try nearest.first?.int("id") == 1)
    }
  }

  @Test("half vectors come back as the numbers that they hold", arguments: [16, 18])
  func halves(version: Int) async throws {
    try await TestDatabase.run(on: version, vector: true) { _, connection in
      let rows = try await connection.query(
        "select '[1,-0.5,0.1,65504,6e-8,-0]'::halfvec(6) as v, '{1:1}/3'::sparsevec as s")
      let row = try #require(rows.first)
      #expect(try row.vector("v") == [1, -0.5, 0.099975586, 65504, 5.9604645e-08, -0.0])
      #expect(throws: PostgresFault.self) { try row.vector("s") }
    }
  }

  @Test("no vectors at all are an empty array")
  func emptyArray() async throws {
    try await TestDatabase.run(vector: true) { _, connection in
      let types = try await VectorTypes(connection)
      let rows = try await connection.query(
        "select count(*) as n from unnest($1::vector[])",
        [.vectors([], arrayOID: types.array, elementOID: types.vector)])
      #expect(try rows.first?.int("n") == 0)
    }
  }

  @Test("1536 dimensions survive")
  func manyDimensions() async throws {
    try await TestDatabase.run(vector: true) { _, connection in
      let types = try await VectorTypes(connection)
      let vector = (0..<1536).map { Float($0) / 7 }
      let rows = try await connection.query(
        "select unnest($1::vector[]) as v",
        [.vectors([vector, vector], arrayOID: types.array, elementOID: types.vector)])
      #expect(try rows.map { row in try row.vector("v") } == [vector, vector])
    }
  }

  @Test("the server's own checks come back with their SQLSTATE")
  func serverChecks() async throws {
    try await TestDatabase.run(vector: true) { _, connection in
      let types = try await VectorTypes(connection)
      _ = try await connection.query("create table item (v vector(3))")
      func insert(_ vector: [Float]) async -> PostgresFault? {
        await fault { () throws(PostgresFault) in
          try await connection.query(
            "insert into item select unnest($1::vector[])",
            [.vectors([vector], arrayOID: types.array, elementOID: types.vector)])
        }
      }
      #expect(await insert([1, 2])?.message == "expected 3 dimensions, not 2 [22000]")
      #expect(await insert([1, .nan, 2])?.message == "NaN not allowed in vector [22000]")
      #expect(await insert([])?.message == "vector must have at least 1 dimension [22000]")
      #expect(
        await insert(Array(repeating: 1, count: 16_001))?.message
          == "vector cannot have more than 16000 dimensions [54000]")
    }
  }
}
