import Core
import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct SameModelCheckTests {
  private static let notes = "same_model: notes.v, key: id, text: body"
  private static let expected = "a cosine of at least 0.98 for each"

  private static func finding(_ check: String, url: String? = nil, in world: TestWorld) async throws
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
        - {id: same, \(check)}
      """,
      [
        "DATABASE_URL": url ?? world.url.reveal { $0 }, "BASE": world.endpoint.url + "/v1",
        "KEY": TestWorld.apiKey.reveal { $0 },
      ])
    return try #require(go["same"])
  }

  /// A table of numbered notes, with the vectors that the model makes of them.
  private static func writeNotes(
    _ count: Int, _ type: String = "vector(384)", in world: TestWorld
  ) async throws {
    let bodies = (1...count).map { "note number \($0) of \(count)" }
    let model = FeatureHashing(dimensions: 384)
    let vectors = bodies.map { body in
      "[" + model.vector(of: body).map { "\($0)" }.joined(separator: ",") + "]"
    }
    try await world.execute("create table notes (id int primary key, body text, v \(type))")
    _ = try await world.connection.query(
      """
      insert into notes select id, body, v::vector from unnest($1::int[], $2::text[], $3::text[])
        as given(id, body, v)
      """, [.int4Array((1...count).map(Int32.init)), .textArray(bodies), .textArray(vectors)])
  }

  private static func passed(_ share: String, after: String = "") -> String {
    "\(share) sampled vectors of notes.v are those that text-embedding-3-small makes of their texts "
      + "now" + after
  }

  @Test(
    "Vectors of the model that is configured pass, on each version and in each type",
    arguments: [(16, "vector(384)"), (18, "vector(384)"), (18, "halfvec(384) not null")])
  func passes(_ version: Int, _ type: String) async throws {
    try await TestWorld.run(on: version) { world in
      try await Self.writeNotes(12, type, in: world)
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(finding.status == .pass)
      #expect(finding.message == Self.passed("10 of 10"))
      #expect(finding.evidence["compared"] == .number(10))
      guard case .number(let least) = finding.evidence["least_cosine"] else {
        return #expect(Bool(false), "\(finding)")
      }
      #expect(abs(least - 1) < (type.hasPrefix("half") ? 1e-3 : 1e-6))
      // Fewer than asked for.
      try await world.execute("delete from notes where id > 3")
      #expect(try await Self.finding(Self.notes, in: world).message == Self.passed("3 of 3"))
    }
  }

  @Test("Another model behind the name fails, and the fix clears its vectors")
  func masked() async throws {
    try await TestWorld.run([.modelMasked]) { world in
      let check = """
        same_model: issues.embedding, key: id, \
        text: "concat_ws(' ', '[ISSUE]', title, body)", where: source.number < 30, sample: 4
        """
      let finding = try await Self.finding(check, in: world)
      #expect(
        finding.message == """
          only 0 of 4 sampled vectors of issues.embedding are those that text-embedding-3-small makes \
          of their texts now
          """)
      #expect(finding.status == .fail)
      #expect(finding.expected == Self.expected)
      #expect(
        finding.observed?.wholeMatch(
          of: #/-?0\.\d+ for 5a3d0000-0000-4000-8000-000000000001, .*, .* and 1 more/#) != nil,
        "\(finding)")
      let rows = "source.embedding is not null and (source.number < 30)"
      #expect(
        finding.fix == """
          update issues as source set embedding = null where \(rows);
          -- then embed anew
          -- or configure the model that made them: `model` of embedder
          """)
      try await world.execute(try #require(finding.fix))
      #expect(
        try await world.number("select count(*)::int from issues where embedding is not null")
          == 11)
      #expect(try await Self.finding(check, in: world).status == .error)
    }
  }

  @Test("A row whose text has changed is named, and the fix clears it alone")
  func changed() async throws {
    try await TestWorld.run { world in
      try await Self.writeNotes(5, "vector(384) not null", in: world)
      try await world.execute("update notes set body = 'something else' where id = 2")
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(finding.status == .fail)
      #expect(finding.message == "only " + Self.passed("4 of 5"))
      #expect(finding.observed?.hasSuffix(" for 2") == true)
      #expect(
        finding.fix == """
          delete from notes as source where source.id::text in ('2');
          -- then embed anew
          -- or leave rows whose text has changed since out by `where`; there may be more than these
          """)
      #expect(
        try await Self.finding("\(Self.notes), where: id <> 2", in: world).message
          == Self.passed("4 of 4"))
      try await world.execute(try #require(finding.fix))
      #expect(try await Self.finding(Self.notes, in: world).message == Self.passed("4 of 4"))
    }
  }

  @Test("Vectors of another length fail, and are named by it")
  func otherLength() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create table notes (id int, body text, v vector(3)); insert into notes values (1, 'a', '[1,2,3]')"
      )
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(finding.status == .fail)
      #expect(finding.observed == "3 numbers, not 384, for 1")
    }
  }

  @Test("The sample is the first rows and the last, the same each time")
  func sampled() async throws {
    try await TestWorld.run { world in
      try await Self.writeNotes(100, in: world)
      let check = "\(Self.notes), sample: 3"
      for (id, status) in [(1, Status.fail), (2, .fail), (3, .pass), (99, .pass), (100, .fail)] {
        try await world.execute(
          "update notes set v = (select v from notes where id = 50) where id = \(id)")
        #expect(try await Self.finding(check, in: world).status == status, "\(id)")
        try await world.execute(
          "update notes set v = null where id = \(id)")
        _ = try await world.connection.query(
          "update notes set v = $1 where id = \(id)",
          [
            .literal(
              "["
                + FeatureHashing(dimensions: 384).vector(of: "note number \(id) of 100")
                .map { "\($0)" }.joined(separator: ",") + "]")
          ])
      }
    }
  }

  @Test("More texts than ten are sent in several requests")
  func requests() async throws {
    try await TestWorld.run { world in
      try await Self.writeNotes(30, in: world)
      let finding = try await Self.finding("\(Self.notes), sample: 25", in: world)
      #expect(finding.message == Self.passed("25 of 25"))
      #expect(world.endpoint.counts.embeddingsRequests == 4)
      #expect(world.endpoint.counts.embeddedTexts == 26)
    }
  }

  @Test("Where nothing is stored, nobody can tell, and the fix has it asked later")
  func nothing() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table notes (id int, body text, v vector(384))")
      for (further, words) in [("", ""), (", where: id > 1", " where id > 1")] {
        let observed = "no row of notes holds a vector\(words)"
        #expect(
          try await Self.finding(Self.notes + further, in: world)
            == .cannotTell(
              observed, expected: "stored vectors, and the texts that they were made of",
              observed: observed,
              fix: "phase: post-deploy   # of this check, until a first run has stored some"))
      }
    }
  }

  @Test("Texts that can no longer be read prove nothing, and are told beside those that can")
  func unreadable() async throws {
    try await TestWorld.run { world in
      try await Self.writeNotes(4, in: world)
      try await world.execute("update notes set body = null where id = 1")
      #expect(
        try await Self.finding(Self.notes, in: world).message
          == Self.passed("3 of 3", after: "; 1 text of the sample could not be read"))
      try await world.execute("update notes set body = ' '")
      let observed = "none of 4 texts can be read: `text` gives nothing"
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(
        finding
          == .cannotTell(
            observed, expected: "stored vectors, and the texts that they were made of",
            observed: observed,
            fix: "select body from notes as source where source.v is not null limit 10;"))
      #expect(try await world.connection.query(try #require(finding.fix)).count == 4)
      let gone = try await Self.finding("same_model: notes.v, key: id, text: gone", in: world)
      #expect(gone.status == .error)
      #expect(
        gone.message == "the database gave no answer: column \"gone\" does not exist [42703]")
    }
  }

  @Test(
    "A column that holds no vectors fails",
    arguments: [
      ("notes.bodi", "notes has no column bodi; did you mean body?", "same_model: notes.body"),
      ("note.v", "there is no table note; did you mean notes?", "same_model: notes.v"),
    ])
  func unfit(_ column: String, _ observed: String, _ fix: String) async throws {
    try await TestWorld.run { world in
      try await world.execute("create table notes (id int, body text, v vector(384))")
      #expect(
        try await Self.finding(Self.notes.replacing("notes.v", with: column), in: world)
          == .fail(observed, expected: "a column of vectors", observed: observed, fix: fix))
    }
  }

  @Test("A model that gives all texts one vector fails by that")
  func constant() async throws {
    try await TestWorld.run([.constantVectors]) { world in
      try await Self.writeNotes(6, in: world)
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.message == "6 different texts have all got the same vector (status 200)")
    }
  }

  @Test("Without an endpoint that answers, the check is skipped")
  func noEndpoint() async throws {
    try await TestWorld.run([.errors500]) { world in
      try await Self.writeNotes(1, in: world)
      let finding = try await Self.finding(Self.notes, in: world)
      #expect(finding == .skip(because: "service.embedder"))
    }
  }

  @Test("A role that may only select can tell, and one that may not is told the grant")
  func rights() async throws {
    try await TestWorld.run { world in
      try await Self.writeNotes(2, in: world)
      try await Role.with(in: world) { role in
        let url = role.url.reveal { $0 }
        let finding = try await Self.finding(Self.notes, url: url, in: world)
        #expect(finding.status == .error)
        #expect(finding.fix == "grant select on notes to \(role.name);")
        try await world.execute(try #require(finding.fix))
        #expect(
          try await Self.finding(Self.notes, url: url, in: world).message == Self.passed("2 of 2"))
      }
    }
  }
}
