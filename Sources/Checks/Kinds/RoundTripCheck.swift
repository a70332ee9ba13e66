package import Checklist
package import Core
internal import Embeddings
package import Gate
internal import Postgres

/// Whether a text's vector comes back from the database as the model answered it.
package struct RoundTripCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "round_trip", .service(kind: "embeddings"), "The endpoint that embeds.", example: "embedder"),
    summary: "A text is embedded, its vector stored, read back and found, and nothing is kept.",
    settings: [
      Field(
        "into", .text, "The column that takes the vector, of a table.", isRequired: true,
        example: "similarity_cache.embedding"),
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "metric", .word(VectorMetric.allCases.map(\.rawValue)),
        "How the search compares: by <=>, <->, <#> or <+>.", example: "cosine",
        defaultText: "cosine"),
    ] + VectorCanary.fields,
    passesWhen: """
      A few texts, embedded in one request, get vectors that differ; a row with the first of them goes \
      into the table under the role of `as`, with all of its constraints; it holds the same numbers, \
      bit by bit, or in a `halfvec` to half of the last place; and `order by … limit 1` with the \
      operator of `metric` finds that row; where only a search without the index does, the finding says \
      so. The row is rolled back; what no transaction holds stays, such \
      as the numbers that a sequence gave. Settings that a role gets when it logs in are not taken over.
      """,
    cannotTellWhen: """
      The endpoint or the database cannot be asked, or refuses for a rate limit; the column is a \
      `sparsevec`; the row waits a second for a lock; the connection's user may not become the role of \
      `as`, or without `as` may not write. A search without an index reads the whole table, and \
      may take longer than `timeout`.
      """,
    needs: """
      One embeddings request of four short texts; a role that may insert into the table and select from \
      it, or that is a member of the role of `as`.
      """,
    failures: [
      .init(
        when: "the endpoint refuses the request, or different texts get the same vector",
        mending: "Take another endpoint or model, or mend the gateway in between."),
      .init(
        when: "the row is refused",
        mending: """
          Give `canary` the columns of a real row; where they are, do what the finding says of \
          privileges, row security, constraints and dimensions.
          """),
      .init(
        when: "another vector is stored than was sent",
        mending: "Mend the trigger that changes it, or the type of the column."),
      .init(
        when: "a search by the vector finds another row first",
        mending: """
          Look for many rows with one vector; by `inner_product` search only among vectors of length 1.
          """),
      .init(
        when: "there is no such table or column, or it takes no vectors",
        mending: "Correct the name, or give it a type of pgvector's."),
    ])

  /// As many as it takes to see that a model gives all of them one vector.
  private static let texts = [
    "preflight: a text on its way there and back", "bread and butter", "a ship at sea",
    "the numbers of last year",
  ]

  private let model: String
  private let database: String
  private let canary: VectorCanary

  package init(_ settings: Settings) throws(Diagnostic) {
    guard let column = VectorColumn(settings.text("into")) else {
      throw Diagnostic(
        "`into` takes TABLE.COLUMN", at: settings["into"]?.location ?? settings.location,
        help: "such as similarity_cache.embedding")
    }
    guard let metric = VectorMetric(rawValue: settings.text("metric")) else {
      preconditionFailure("the words of `metric` are those of VectorMetric")
    }
    model = settings.text("round_trip")
    database = settings.text("in")
    canary = try VectorCanary(in: column, searchedBy: metric, settings)
  }

  package var services: [String] { [database, model] }

  package var usualTimeout: Duration { .seconds(20) }

  package func questions(in services: Services) -> [Question] {
    services.questions(embedding: RoundTripCheck.texts, by: model) + [
      .reading(ColumnFacts.query([canary.column]), of: database),
      canary.question(to: database),
    ]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    guard let probe = services.probe(of: model), !probe.isBroken else {
      return .skip(because: "service.\(model)")
    }
    let start = ContinuousClock.now
    let vectors: [[Float]]
    do throws(EmbeddingFault) {
      vectors = try await probe.client.embed(RoundTripCheck.texts, timeout: timeout).vectors
    } catch {
      return probe.judged(error)
    }
    var column: ColumnFacts?
    let reading = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      column = try await ColumnFacts.read([canary.column], over: connection).first
      return .pass("read")
    }
    guard let column, reading.status == .pass else { return reading }
    if let lack = RoundTripCheck.lack(of: column, for: vectors[0]) {
      return .fail(
        lack.observed, expected: "a column of a table for \(vectors[0].count) numbers",
        observed: lack.observed, fix: lack.fix)
    }
    return await canary.finding(
      vectors[0], into: column, in: services, of: database,
      within: timeout - start.duration(to: .now))
  }

  /// What keeps a vector from being stored there, and what mends it.
  private static func lack(
    of column: ColumnFacts, for vector: [Float]
  ) -> (observed: String, fix: String)? {
    if let lack = column.lack(namedBy: "into") { return lack }
    guard column.isTable else {
      return (
        "\(column.column.table.sql) is no table", "into: …   # the column of the table behind it"
      )
    }
    guard let dimension = column.dimension, dimension != vector.count else { return nil }
    return (
      "\(column.column.text) takes \(dimension) numbers, and the model answers \(vector.count)",
      ColumnFacts.alterations(of: [column], to: vector.count, .none).joined(separator: "\n")
    )
  }
}
