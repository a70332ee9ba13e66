package import Checklist
package import Core
internal import Embeddings
package import Gate
internal import Postgres

/// Whether stored vectors are those that the configured model makes of their texts.
package struct SameModelCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "same_model", .text, "The column that holds vectors.", example: "issues.embedding"),
    summary: "Stored vectors were made by the model that is configured now.",
    settings: [
      Field(
        "model", .service(kind: "embeddings"), "The endpoint that embeds.", isRequired: true,
        example: "embedder"),
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "key", .text, "The column that names a row.", isRequired: true, example: "id"),
      Field(
        "text", .text,
        """
        An SQL expression over a row, which is called `source`: the text that its vector was made of, \
        cut as it was cut then.
        """, isRequired: true,
        example: "left(concat_ws(' ', '[ISSUE]', title, body), 2000)"),
      Field(
        "where", .text,
        "An SQL condition on the rows to look at, such as that the text is still the one embedded.",
        example: "embedding_generated_at >= updated_at"),
      Field(
        "sample", .whole(1...100), "How many rows are embedded again.", example: "10",
        defaultText: "10"),
    ],
    passesWhen: """
      The texts of `sample` rows that hold a vector, the first and the last by `key`, are embedded \
      again, and each new vector has a cosine of at least 0.98 with the stored one. Those of \
      another model are nowhere near, be its name and its dimension the same.
      """,
    cannotTellWhen: """
      No row holds a vector, as before a first run; no text of the sample can be read; the database or \
      the endpoint cannot be asked, or refuses for a rate limit.
      """,
    needs: """
      `select` on the table, and on others that `text` reads; embeddings requests of at most ten texts.
      """,
    failures: [
      .init(
        when: "the model makes other vectors of the texts, or of another length",
        mending: """
          Configure the model that made them, or clear them by the SQL of the finding and embed all \
          anew: vectors of two models cannot be compared.
          """),
      .init(
        when: "some of the vectors are others",
        mending: """
          Where those rows' texts have changed, leave them out by `where`; or clear them and embed \
          them anew.
          """),
      .init(
        when: "there is no such table or column, or it holds no vectors",
        mending: "Correct its name."),
    ])

  /// The file that the check stands in.
  private let checklist: String
  private let model: String
  private let database: String
  private let sample: StoredSample

  package init(_ settings: Settings) throws(Diagnostic) {
    guard let column = VectorColumn(settings.text("same_model")) else {
      throw Diagnostic(
        "`same_model` takes TABLE.COLUMN",
        at: settings["same_model"]?.location ?? settings.location, help: "such as issues.embedding")
    }
    guard let key = QualifiedName(settings.text("key")), key.parts.count == 1 else {
      throw Diagnostic(
        "\(settings.text("key").quoted) is no name of a column",
        at: settings["key"]?.location ?? settings.location)
    }
    checklist = settings.location.file
    model = settings.text("model")
    database = settings.text("in")
    sample = StoredSample(
      column: column, key: key.name, text: settings.text("text"),
      condition: settings.optionalText("where"), size: settings.whole("sample"))
  }

  package var services: [String] { [database, model] }

  package var usualTimeout: Duration { .seconds(30) }

  package func questions(in services: Services) -> [Question] {
    [
      .reading(ColumnFacts.query([sample.column]), of: database),
      .reading(sample.query, of: database, condition: "where the column holds vectors"),
      Question(
        .here(
          """
          embeddings requests to \(model), each of at most \(StoredSample.batch) of the texts that were \
          read
          """), of: model),
    ]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    guard let probe = services.probe(of: model), !probe.isBroken else {
      return .skip(because: "service.\(model)")
    }
    let start = ContinuousClock.now
    var rows: [StoredSample.Row] = []
    var isNotNull = false
    let reading = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      guard let facts = try await ColumnFacts.read([sample.column], over: connection).first else {
        throw .columnMissing("has_table")
      }
      if let lack = facts.lack(namedBy: "same_model") {
        return .fail(
          lack.observed, expected: "a column of vectors", observed: lack.observed, fix: lack.fix)
      }
      isNotNull = facts.isNotNull
      rows = try await sample.read(over: connection)
      return .pass("read")
    }
    guard reading.status == .pass else { return reading }
    let readable = rows.filter { $0.text.contains { !$0.isWhitespace } }
    var made: [[Float]] = []
    for first in stride(from: 0, to: readable.count, by: StoredSample.batch) {
      let texts = readable[first..<min(first + StoredSample.batch, readable.count)].map(\.text)
      do throws(EmbeddingFault) {
        made += try await probe.client.embed(
          texts, timeout: timeout - start.duration(to: .now)
        ).vectors
      } catch {
        return probe.judged(error)
      }
    }
    return SameModelJudgement(
      sample: sample, service: model, model: probe.client.model.model,
      checklist: services.pipelines.isEmpty ? nil : checklist, isNotNull: isNotNull,
      sampled: rows.count, rows: Array(zip(readable, made))
    ).finding
  }
}
