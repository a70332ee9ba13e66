internal import Core
internal import Postgres

/// Some of the rows that hold a vector, always the same ones as long as these rows stay.
struct StoredSample: Sendable {
  /// Texts of one request; DashScope takes no more.
  static let batch = 10

  struct Row: Sendable {
    let key: String
    /// Empty where the expression gives null.
    let text: String
    let vector: [Float]
  }

  let column: VectorColumn
  /// The column that names a row.
  let key: String
  /// An SQL expression over `source`.
  let text: String
  /// An SQL condition on `source`, where there is one.
  let condition: String?
  let size: Int

  /// The table with the condition on its rows, as what follows `from`, `update` or `delete from`.
  var rows: (table: String, condition: String) {
    (
      "\(column.table.sql) as source",
      "source.\(SQLText.name(column.column)) is not null"
        + (condition.map { " and (\($0))" } ?? "")
    )
  }

  /// The first rows and the last by their key, which its index finds without reading all of them: where
  /// keys count up, the vectors made first and last.
  var query: ReadQuery {
    let name = "source.\(SQLText.name(key))"
    let (table, condition) = rows
    func end(_ order: String, _ limit: String) -> String {
      "(select \(name) from \(table) where \(condition) order by \(name)\(order) limit \(limit))"
    }
    return ReadQuery(
      """
      select \(name)::text as key, coalesce((\(text))::text, '') as text,
        source.\(SQLText.name(column.column)) as vector
      from \(table)
      where \(condition) and \(name) in (
        \(end("", "$1"))
        union all
        \(end(" desc", "$2")))
      order by \(name) limit $3
      """,
      [.int8(Int64(size - size / 2)), .int8(Int64(size / 2)), .int8(Int64(size))])
  }

  func read(over connection: ReadOnlyConnection) async throws(PostgresFault) -> [Row] {
    var rows: [Row] = []
    for row in try await connection.query(query) {
      rows.append(
        Row(
          key: try row.text("key"), text: try row.text("text"),
          vector: try row.vector("vector")))
    }
    return rows
  }
}
