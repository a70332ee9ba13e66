internal import Checklist
internal import Core
internal import Embeddings
internal import Gate
internal import Postgres

/// How much waits for a model in the pipelines that use it.
struct PipelineForecast {
  /// Rows are not counted beyond this.
  static let mostRows = 1_000_000
  /// Rows whose texts are measured.
  static let sample = 200
  /// A forecast is not worth more of the time of a check, nor of the connection that all share.
  static let patience = Duration.seconds(1)

  let pipeline: Pipeline
  private let table: QualifiedName

  /// Nil where the source's name is none that can be quoted.
  init?(_ pipeline: Pipeline) {
    guard let table = QualifiedName(pipeline.from.table) else { return nil }
    self.pipeline = pipeline
    self.table = table
  }

  /// The one statement that counts and measures.
  var query: ReadQuery {
    let condition = pipeline.from.whereClause.map { "where (\($0))" } ?? ""
    let text =
      pipeline.from.maxCharacters.map { "left((\(pipeline.from.text))::text, \($0))" }
      ?? "(\(pipeline.from.text))::text"
    return ReadQuery(
      """
      select
        (select count(*) from (
          select from \(table.sql) as source \(condition) limit $1) as waiting) as rows,
        (select coalesce(avg(octet_length(text)), 0)::float8 from (
          select \(text) as text from \(table.sql) as source \(condition) limit $2) as sample) as bytes
      """, [.int8(Int64(PipelineForecast.mostRows + 1)), .int8(Int64(PipelineForecast.sample))])
  }

  /// Counts and measures.
  ///
  /// - Parameters:
  ///   - connection: To the pipeline's database.
  ///   - model: By its name.
  ///   - limits: What the endpoint told of them.
  /// - Returns: The forecast.
  /// - Throws: Why the database gave no answer.
  func read(
    over connection: ReadOnlyConnection, model: String, limits: RateLimits
  ) async throws(PostgresFault) -> Forecast {
    guard let row = try await connection.query(query).first else { throw .columnMissing("rows") }
    let rows = try row.int("rows")
    return Forecast(
      rows: min(rows, PipelineForecast.mostRows), hasMoreRows: rows > PipelineForecast.mostRows,
      bytesPerText: try row.double("bytes"), model: model, batch: pipeline.batch, limits: limits)
  }
}

extension Services {
  /// The forecasts for the pipelines that use a model, in the checklist's order.
  func pipelineForecasts(for model: String) -> [PipelineForecast] {
    pipelines.compactMap { try? $0.filled(from: variables) }
      .filter { $0.model == model }.compactMap { PipelineForecast($0) }
  }

  /// What waits for a model, one line for each pipeline whose database stands.
  func forecast(for model: String) async -> [String] {
    guard let probe = probe(of: model) else { return [] }
    var lines: [String] = []
    for forecast in pipelineForecasts(for: model) {
      guard let connections = connections(to: forecast.pipeline.database) else { continue }
      let words: String
      do throws(PostgresFault) {
        words = try await connections.use(within: PipelineForecast.patience) {
          connection throws(PostgresFault) in
          try await forecast.read(
            over: connection.readOnly(statementTimeout: PipelineForecast.patience),
            model: probe.client.model.model, limits: probe.rateLimits
          ).text
        }
      } catch {
        words = "not to be told: \(error.message)"
      }
      lines.append("\(forecast.pipeline.name): \(words)")
    }
    return lines
  }
}
