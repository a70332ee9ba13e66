internal import Checklist
internal import Core
internal import Postgres

/// Asks, before a run, whether the source's rows can be told apart and chosen as they are to be.
struct SourceJudgement: Sendable {
  let sql: PipelineSQL
  let database: Database

  /// - Throws: `PipelineMismatch` with what is wrong, or the database's fault.
  func judge() async throws {
    try await judgeCondition()
    try await judgeKeys()
    try await judgeView()
  }

  private var table: String { sql.pipeline.from.table }

  /// Refuses a condition of the command line that is none by itself, or that would write.
  private func judgeCondition() async throws {
    guard let condition = sql.choice.condition else { return }
    let select = "explain select from \(sql.facts.source.table) as source where"
    do throws(PostgresFault) {
      // What ends the parenthesis that it stands in is a condition in one of these places alone.
      _ = try await database.read("\(select)\n\(condition)\n")
      _ = try await database.read("\(select) (\n\(condition)\n)")
      _ = try await database.read(sql.countChosen)
    } catch {
      guard case .server = error else { throw error }
      throw PipelineMismatch(
        message: "--where \(condition.quoted) is no condition that only reads a row of \(table): "
          + error.message)
    }
  }

  /// Refuses a source whose rows cannot be told apart, where no index of its table answers for it.
  private func judgeKeys() async throws {
    guard !sql.facts.source.isKeyProven else { return }
    let counted = try await database.query(sql.countUnfitKeys).only
    let (missing, repeated) = (try counted.int("missing"), try counted.int("repeated"))
    let key = SQLText.names(sql.pipeline.from.key)
    if missing > 0 {
      throw PipelineMismatch(
        message: missing.counted("waiting row has", plural: "waiting rows have")
          + " no key: \(key) of \(table) is null there")
    }
    if repeated > 0 {
      throw PipelineMismatch(
        message: repeated.counted("key stands", plural: "keys stand")
          + " at several rows: \(key) does not name a row of \(table); write all columns that do, "
          + "as in key: [repository_id, number]")
    }
  }

  /// Refuses to embed anew all rows of a view that shows only some of them.
  private func judgeView() async throws {
    guard sql.choice.all, !sql.facts.source.keepsRows else { return }
    for place in sql.vectorTargets {
      let target = sql.pipeline.targets[place]
      guard case .update = target else { continue }
      let hidden = try await database.query(sql.countOutOfSight(ofTarget: place)).only.int("rows")
      guard hidden == 0 else {
        throw PipelineMismatch(
          message: "--all cannot reach " + hidden.counted("row") + " of \(target.table) that "
            + (hidden == 1 ? "has" : "have") + " a vector: the view \(table) does not show "
            + (hidden == 1 ? "it" : "them") + "; take the table itself as the source")
      }
    }
  }
}
