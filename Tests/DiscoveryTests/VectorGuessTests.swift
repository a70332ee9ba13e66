import Discovery
import Testing

/// The checks of columns of vectors.
@Suite("Single guesses about columns of vectors")
struct VectorGuessTests {
  private func notes(
    _ others: [DatabaseFacts.Column] = [], takesRows: Bool = true, isStored: Bool = false,
    indexMetric: String? = nil
  ) -> DatabaseFacts.Table {
    .init(
      .init("notes"), rows: 0,
      columns: [
        .init("id", "uuid", isNotNull: true, isFilled: true), .init("body", "text"),
        .init("updated_at", "timestamptz"), .init("embedded_at", "timestamptz"),
        .init(
          "embedding", "vector", dimension: 384, isStored: isStored, indexMetric: indexMetric),
      ] + others, primaryKey: ["id"], takesRows: takesRows)
  }

  private func search(_ body: String, _ name: String = "near") -> DatabaseFacts.Function {
    .init(.init(name), [.init("query", "vector")], returns: "setof notes", body: body)
  }

  @Test("a function that searches the column is called by the check of its dimension")
  func searchedBy() {
    var guess = Guess()
    guess.catalog?.tables = [notes()]
    guess.catalog?.functions = [search("select * from notes order by embedding <-> query")]
    #expect(
      guess.check("dimension") == """
        # This column takes vectors of 384 numbers. near searches here, and is called with one.
        - id: dimension
          dimension: notes.embedding
          model: embedder
          searched_by: near

        """)
    for body in [
      "select * from other order by embedding <-> query", "select 1 from notes",
      "select * from notes order by embedding <-> query, embedding <=> query",
      "insert into log select 1; select * from notes order by embedding <-> query",
    ] {
      guess.catalog?.functions = [search(body)]
      #expect(guess.check("dimension")?.contains("searched_by") == false, "\(body)")
    }
    let body = "select * from notes order by embedding <-> query"
    guess.catalog?.functions = [search(body), search(body, "nearer")]
    #expect(guess.check("dimension")?.contains("searched_by") == false)
  }

  @Test("an index is checked for the operator of the function that searches")
  func index() {
    var guess = Guess()
    guess.catalog?.tables = [notes(indexMetric: "l2")]
    #expect(
      guess.check("index.notes") == """
        # It has an index for l2.
        - id: index.notes
          vector_index: notes.embedding
          metric: l2

        """)
    guess.catalog?.functions = [search("select * from notes order by embedding <=> query")]
    #expect(
      guess.check("index.notes") == """
        # It has an index for l2. near searches it by cosine, which is taken.
        - id: index.notes
          vector_index: notes.embedding
          metric: cosine
          searched_by: near

        """)
    guess.catalog?.tables = [notes()]
    #expect(!guess.has("vector_index"))
  }

  @Test("a row makes the round trip where one of made-up values will do")
  func roundTrip() {
    var guess = Guess()
    guess.catalog?.tables = [notes(indexMetric: "inner_product")]
    #expect(
      guess.check("round_trip") == """
        # A row is written here, searched for, and rolled back.
        - id: round_trip
          round_trip: embedder
          into: notes.embedding
          metric: inner_product
          needs: dimension

        """)
    guess.catalog?.tables = [
      notes([.init("Author", "uuid", isNotNull: true), .init("kind", "text", isNotNull: true)])
    ]
    #expect(
      guess.check("round_trip")?.hasSuffix(
        """
          canary: { '"Author"': "00000000-0000-0000-0000-000000000000", kind: preflight/canary }
          needs: dimension

        """) == true)
    let others: [DatabaseFacts.Column] = [
      .init("author", "uuid", isNotNull: true, isConstrained: true),
      .init("shape", "polygon", isNotNull: true),
    ]
    for other in others {
      guess.catalog?.tables = [notes([other])]
      #expect(!guess.has("round_trip"), "\(other.name)")
    }
    guess.catalog?.tables = [notes(takesRows: false)]
    #expect(!guess.has("round_trip"))
  }

  @Test("vectors that are there are held against the model, as far as their text can be guessed")
  func sameModel() {
    var guess = Guess()
    guess.catalog?.tables = [notes(isStored: true)]
    #expect(
      guess.check("same_model.notes") == """
        # It holds vectors already. The text is a guess, and has to be what they were made of, to the letter: take
        # `severity` out then.
        - id: same_model.notes
          same_model: notes.embedding
          key: id
          text: "left(body, 2000)"
          where: "embedded_at >= updated_at"
          model: embedder
          severity: warn

        """)
    guess.catalog?.tables = [notes()]
    #expect(!guess.has("same_model"))
  }
}
