internal import Checklist
internal import Core
internal import Gate
internal import Postgres

/// One row that is upserted twice, of which the database keeps nothing.
struct UpsertCanary: Sendable {
  /// The settings by which an author asks for one.
  static let fields = [
    Field(
      "canary", .map(.scalar),
      """
      A row as the code writes it, with a key that no row has, to be upserted in a transaction that is \
      rolled back; `$embedding` stands for a vector of the column's own dimension.
      """,
      example: CanaryRow.example),
    Writer.field,
  ]

  let row: CanaryRow
  private let table: QualifiedName
  private let key: [String]
  private let writer: Writer

  /// Nil where none is asked for.
  init?(
    of table: QualifiedName, key: [String], _ settings: Settings
  ) throws(Diagnostic) {
    writer = try Writer(settings)
    row = try CanaryRow(settings, for: table)
    guard !row.columns.isEmpty else {
      guard let place = settings["as"]?.location else { return nil }
      throw Diagnostic(
        "`as` without `canary` asks nothing", at: place,
        help: "add `canary: { \(key.map { "\($0): …" }.joined(separator: ", ")) }`")
    }
    for column in key where row.setting(column)?.value ?? .null == .null {
      throw Diagnostic(
        "`canary` has no value for \(column), which `on_conflict` names",
        at: row.setting(column)?.location ?? settings["canary"]?.location ?? settings.location)
    }
    self.table = table
    self.key = key
  }

  /// Looks for the row before it is written.
  private var lookup: String {
    let conditions = key.map { column in
      "\(SQLText.name(column)) = \(row.setting(column)?.value.sql ?? "null")"
    }
    return "select count(*) as found from \(table.sql) where "
      + conditions.joined(separator: " and ")
  }

  /// The upsert, as client libraries write it.
  private var upsert: String {
    let others = row.columns.filter { !key.contains($0) }
    let changes = (others.isEmpty ? key : others).map(SQLText.name).map { "\($0) = excluded.\($0)" }
    return """
      insert into \(table.sql) (\(SQLText.names(row.columns))) \
      values (\(row.values.joined(separator: ", "))) on conflict (\(SQLText.names(key))) \
      do update set \(changes.joined(separator: ", "))
      """
  }

  /// Has deferred constraints judge now: a rollback never asks them.
  private static let constraints = "set constraints all immediate"

  private var statements: [String] {
    writer.statements + [lookup, upsert, upsert, UpsertCanary.constraints]
  }

  func question(to database: String) -> Question {
    Question(.rolledBack(statements), of: database, condition: "where the table is as it should be")
  }

  private var expected: String { "two upserts of the canary that affect one row each" }

  private var again: String {
    "begin;\n" + statements.map { "\($0);\n" }.joined() + "rollback;"
  }

  /// Writes it, and says what came of it.
  ///
  /// - Parameters:
  ///   - services: Which hold the connection.
  ///   - database: The name of its service.
  ///   - timeout: For all of it, locks included.
  ///   - existing: What is known of the table already, which is as it should be.
  /// - Returns: The finding of the whole check.
  func finding(
    in services: Services, of database: String, within timeout: Duration, after existing: Finding
  ) async -> Finding {
    await services.rollingBack(in: database, within: timeout) {
      connection throws(PostgresFault) in
      if let refused = try await writer.begin(over: connection, within: timeout) { return refused }
      var deed = "a look for the canary"
      do throws(PostgresFault) {
        let found = try await connection.query(lookup, timeout: timeout).first?.int("found")
        guard found == 0 else { return isThere }
        for name in ["the upsert", "the upsert of a row that is there"] {
          deed = name
          let affected = try await connection.query(upsert, timeout: timeout).affectedRows
          guard affected == 1 else { return lost(deed, affected) }
        }
        deed = "a deferred constraint of the upsert"
        _ = try await connection.query(UpsertCanary.constraints, timeout: timeout)
      } catch {
        guard case .server(let fault) = error else { throw error }
        return WriteRefusal(
          error: fault, deed: deed, writer: writer, table: table,
          privileges: "select, insert, update", row: row, again: again
        ).finding(connection.server, expected: expected)
      }
      return .pass(
        "\(existing.message); an upsert inserts and updates a row of it, as "
          + writer.name(connection.server))
    }
  }

  private var isThere: Finding {
    .cannotTell(
      "the canary is a row of \(table.sql) already, so that no upsert would insert it",
      expected: expected, observed: "a row with the key of the canary",
      fix: "canary: …   # with a key that no row has")
  }

  private func lost(_ deed: String, _ affected: Int) -> Finding {
    let text = "\(deed) affects \(affected.counted("row"))"
    return .fail(
      "\(text): a trigger or a rule takes it away", expected: expected, observed: text,
      fix: table.triggersQuery)
  }
}
