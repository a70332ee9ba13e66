internal import Core
internal import Postgres

/// A few rows in words, for whoever has to see why they are not what was expected.
enum ShownRows {
  private static let rowLimit = 5
  private static let columnLimit = 8

  /// How many rows there are, and the first of them with their values cut.
  ///
  /// - Parameters:
  ///   - rows: A result that came as text.
  ///   - redactor: Takes secrets out before a cut could leave half of one.
  /// - Returns: Words without a line break.
  /// - Throws: A value that is no text.
  static func text(of rows: Rows, _ redactor: Redactor) throws(PostgresFault) -> String {
    if rows.count == 1, rows.columns.count == 1 {
      return try value(0, of: rows[0], rows.columnTypes[0], redactor)
    }
    guard let first = rows.first else { return "no rows" }
    var texts = [try text(of: first, in: rows, redactor)]
    for row in rows.dropFirst().prefix(rowLimit - 1) {
      texts.append(try text(of: row, in: rows, redactor))
    }
    let more = rows.count > texts.count ? ["…"] : []
    return "\(rows.count.counted("row")): " + (texts + more).joined(separator: "; ")
  }

  private static func text(
    of row: Row, in rows: Rows, _ redactor: Redactor
  ) throws(PostgresFault) -> String {
    var parts: [String] = []
    for (place, name) in rows.columns.enumerated().prefix(columnLimit) {
      let value = try value(place, of: row, rows.columnTypes[place], redactor)
      parts.append("\(SQLText.name(name)) = \(value)")
    }
    if rows.columns.count > columnLimit { parts.append("…") }
    return parts.isEmpty ? "()" : parts.joined(separator: ", ")
  }

  private static func value(
    _ place: Int, of row: Row, _ type: String, _ redactor: Redactor
  ) throws(PostgresFault) -> String {
    guard let text = try row.shownText(place, of: type) else { return "null" }
    let bare = ["boolean", "smallint", "integer", "bigint", "numeric", "real", "double precision"]
    return bare.contains(type)
      ? String(text.prefix(Limit.quotedValue)) : redactor.redact(text).quoted
  }
}
