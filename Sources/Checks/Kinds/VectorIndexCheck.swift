package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether a search by likeness finds an index that serves it.
package struct VectorIndexCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "vector_index", .text, "The column that is searched.", example: "similarity_cache.embedding"),
    summary: "A search by likeness has an index to use.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "metric", .word(VectorMetric.allCases.map(\.rawValue)),
        "How the search compares: by <=>, <->, <#> or <+>.", isRequired: true, example: "cosine"),
      Field(
        "method", .word(["hnsw", "ivfflat"]), "The kind of index; either, where nothing is said.",
        example: "hnsw"),
      Field(
        "searched_by", .text, "The function that searches, by its name.",
        example: "match_documents"),
    ],
    passesWhen: """
      An hnsw or ivfflat index, or one of `method`, is on the column, or on a cast of it as in \
      `(embedding::halfvec(3072))`; its operator class is that of `metric`; it is valid and ready, and \
      covers all rows with a vector; pgvector has no known fault that corrupts it; and the only \
      operator of pgvector's in the body of `searched_by` is that of `metric`. Whether an ivfflat \
      index was built on no vectors is told beside it.
      """,
    cannotTellWhen: """
      The catalog cannot be read; several functions bear the name of `searched_by`, or its body holds \
      none of the operators, several, or no cast where the index is on one.
      """,
    needs: "Any role of the database that may use the table's schema.",
    failures: [
      .init(
        when: "no index is on the column, or none serves the metric",
        mending: """
          Make one by the SQL of the finding, which does not block writes; an index serves the one \
          metric of its operator class.
          """),
      .init(
        when: "the index is invalid or not ready",
        mending: "Build it again by the SQL of the finding."),
      .init(
        when: "the function searches by another metric",
        mending: """
          Replace its operator by the SQL of the finding, or correct `metric`: such a search reads \
          the whole table.
          """),
      .init(
        when: "pgvector is older than 0.8.3, and the index is an hnsw one",
        mending: "Update pgvector and build the index again, for it may be corrupt already."),
      .init(
        when: "there is no such table, column or function",
        mending: "Correct the name, or make it."),
    ])

  private let wanted: VectorIndexWish
  private let database: String

  package init(_ settings: Settings) throws(Diagnostic) {
    func location(_ field: String) -> SourceLocation {
      settings[field]?.location ?? settings.location
    }
    guard let column = VectorColumn(settings.text("vector_index")) else {
      throw Diagnostic(
        "`vector_index` takes TABLE.COLUMN", at: location("vector_index"),
        help: "such as similarity_cache.embedding")
    }
    guard let metric = VectorMetric(rawValue: settings.text("metric")) else {
      preconditionFailure("the words of `metric` are those of VectorMetric")
    }
    let method = settings.optionalText("method")
    if metric == .l1, method == "ivfflat" {
      throw Diagnostic(
        "no ivfflat index serves the metric l1", at: location("method"), help: "write hnsw")
    }
    let function = try settings.optionalText("searched_by").map { text throws(Diagnostic) in
      guard let name = QualifiedName(text), name.parts.count <= 2 else {
        throw Diagnostic(
          "\(text.quoted) is no name of a function", at: location("searched_by"),
          help: "write its name alone, without arguments")
      }
      return name
    }
    wanted = VectorIndexWish(column: column, metric: metric, method: method, function: function)
    database = settings.text("in")
  }

  package var services: [String] { [database] }

  package func questions(in services: Services) -> [Question] {
    let catalog: [Question] = [
      .reading(ColumnFacts.query([wanted.column]), of: database),
      .reading(VectorIndex.query(wanted.column), of: database),
    ]
    guard let function = wanted.function else { return catalog }
    return catalog + [
      .reading(SearchFunction.query(function), of: database),
      .reading(
        FunctionLookup.nearQuery(function), of: database,
        condition: "where there is no function of that name"),
    ]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    await services.reading(from: database, within: timeout) { connection throws(PostgresFault) in
      guard let facts = try await ColumnFacts.read([wanted.column], over: connection).first else {
        throw .columnMissing("has_table")
      }
      let found = try await VectorIndex.read(wanted.column, over: connection)
      var judgement = VectorIndexJudgement(
        wanted: wanted, facts: facts, library: found.library, indexes: found.indexes)
      if let function = wanted.function {
        judgement.functions = try await SearchFunction.read(function, over: connection)
        if judgement.functions.isEmpty {
          judgement.nearestFunction = try await FunctionLookup.names(
            near: function, over: connection
          ).nearest(to: function.name)
        }
      }
      return judgement.finding
    }
  }
}
