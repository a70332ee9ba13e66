package import Checklist
package import Core
internal import Embeddings
package import Gate
internal import Postgres

/// Whether the model's vectors fit the columns that they are stored in.
package struct DimensionCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "dimension", .oneOrMany(.text), "The columns that hold the model's vectors.",
      example: "similarity_cache.embedding"),
    summary: "What the model answers fits the columns that it is stored in.",
    settings: [
      Field(
        "model", .service(kind: "embeddings"), "The endpoint that embeds.", isRequired: true,
        example: "embedder"),
      Field(
        "in", .service(kind: "postgres"), "The database that holds the columns.",
        isRequired: true, example: "database"),
      Field(
        "searched_by", .text,
        "The function that searches the columns; it is called with the model's own vector.",
        example: "match_similar_items"),
    ],
    passesWhen: """
      The declared `dimensions`, the length of a live embedding and the type modifier of each column \
      are equal, and an index can be built on so many; and a call of `searched_by` with that vector, \
      in a transaction that cannot write, compares it with stored ones. A function that finds no row \
      compares nothing, and the finding says so. A view's column is followed down to its table. Where the model gives no usable answer, what \
      is declared, or what the model is known for, is compared with the columns all the same.
      """,
    cannotTellWhen: """
      The database cannot be asked, nothing tells the model's dimension, or the search function \
      cannot be called, as one that writes.
      """,
    needs: """
      Usage of the tables' schemas; the embeddings service's one probe; with `searched_by`, the right \
      to execute the function.
      """,
    failures: [
      .init(
        when: "the model answers another length than the columns take",
        mending: """
          Ask for the columns' length by `dimensions`, or give the columns the model's by the \
          SQL of the finding; stored vectors have to be made again.
          """),
      .init(
        when: "a column is no vector, or has no dimension",
        mending: "Give it the type by the SQL of the finding."),
      .init(
        when: "a table or a column does not exist",
        mending: "Correct its name, or make it."),
      .init(
        when: "no index takes so many dimensions",
        mending: "Ask for fewer, or use `halfvec`."),
    ])

  private let columns: [VectorColumn]
  private let model: String
  private let database: String
  private let search: QualifiedName?

  package init(_ settings: Settings) throws(Diagnostic) {
    var columns: [VectorColumn] = []
    for item in settings.list("dimension") {
      guard case .text(let text) = item.value, let column = VectorColumn(text) else {
        throw Diagnostic(
          "`dimension` takes TABLE.COLUMN", at: item.location,
          help: "such as similarity_cache.embedding")
      }
      columns.append(column)
    }
    self.columns = columns
    model = settings.text("model")
    database = settings.text("in")
    search = settings["searched_by"] == nil ? nil : try settings.tableName("searched_by")
  }

  package var services: [String] { [database, model] }

  package func questions(in services: Services) -> [Question] {
    let ifItFails = "where the check fails, for the views in the way of a change"
    return [
      .reading(ColumnFacts.query(columns), of: database),
      .reading(ViewsOver.query(columns), of: database, condition: ifItFails),
    ]
      + (search.map { function in
        [
          .reading(SearchProbe.lookupQuery(function), of: database),
          Question(
            .here(
              """
              a call of \(function.sql) with the model's own vector, its other arguments as the \
              catalog names them, in a transaction that cannot write
              """), of: database),
        ]
      } ?? [])
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let probe = services.probe(of: model)
    var found = DimensionFacts(
      service: model, model: services.setting("model", of: model)?.text("model") ?? model,
      declared: services.setting("dimensions", of: model)?.whole("dimensions"),
      answered: probe?.dimensions,
      silence: probe?.dimensions == nil
        ? probe?.silence ?? "service.\(model) does not stand" : nil)
    let reading = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      found.columns = try await ColumnFacts.read(columns, over: connection)
      if let search, let vector = (try? probe?.answer.get())?.vectors.first ?? found.standIn {
        let answer = try await SearchProbe(function: search, vector: vector)
          .answer(over: connection)
        found.search = DimensionFacts.Search(function: search.sql, answer: answer)
      }
      guard found.finding.status == .fail else { return .pass("read") }
      found.views = try await ViewsOver.read(
        (found.columns ?? []).map(\.base), over: connection)
      return .pass("read")
    }
    if reading.status != .pass { found.doubt = reading }
    return found.finding
  }
}
