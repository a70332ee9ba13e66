package import Checklist
package import Core
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
    ],
    passesWhen: """
      The declared `dimensions`, the length of a live embedding and the type modifier of each column \
      are equal, and an index can be built on so many. Where the model gives no usable answer, what \
      is declared, or what the model is known for, is compared with the columns all the same.
      """,
    cannotTellWhen: "The database cannot be asked, or nothing tells the model's dimension.",
    needs: "Usage of the tables' schemas; the embeddings service's one probe.",
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
  }

  package var services: [String] { [database, model] }

  package func questions(in services: Services) -> [Question] {
    [.reading(ColumnFacts.query(columns), of: database)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    var facts: [ColumnFacts]?
    let reading = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      facts = try await ColumnFacts.read(columns, over: connection)
      return .pass("read")
    }
    let probe = services.probe(of: model)
    let found = DimensionFacts(
      service: model, model: services.setting("model", of: model)?.text("model") ?? model,
      declared: services.setting("dimensions", of: model)?.whole("dimensions"),
      answered: probe?.dimensions,
      silence: probe?.dimensions == nil
        ? probe?.silence ?? "service.\(model) does not stand" : nil,
      columns: facts, doubt: facts == nil ? reading : nil)
    return found.finding
  }
}
