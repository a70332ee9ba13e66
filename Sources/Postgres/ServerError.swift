internal import CLibPQ
internal import Core

/// An error in the server's own words, field by field.
///
/// The fields are those of "Error and Notice Message Fields" in the Postgres protocol's manual.
package struct ServerError: Sendable, Equatable {
  /// Five characters that name the cause, such as `23505`.
  package let sqlState: String
  /// `ERROR`, `FATAL` or `PANIC`, never translated.
  package let severity: String
  package let message: String
  package let detail: String?
  package let hint: String?
  package let context: String?
  package let schema: String?
  package let table: String?
  package let column: String?
  package let constraint: String?
  /// Where in the statement's text the fault is, in characters from 1.
  package let position: Int?

  package init(
    sqlState: String, severity: String = "ERROR", message: String, detail: String? = nil,
    hint: String? = nil, context: String? = nil, schema: String? = nil, table: String? = nil,
    column: String? = nil, constraint: String? = nil, position: Int? = nil
  ) {
    self.sqlState = sqlState
    self.severity = severity
    self.message = message
    self.detail = detail
    self.hint = hint
    self.context = context
    self.schema = schema
    self.table = table
    self.column = column
    self.constraint = constraint
    self.position = position
  }

  /// Message, detail and hint on one line, each cut to what a report quotes.
  package var summary: String {
    var text = ServerError.oneLine(message)
    if let detail { text += " (\(ServerError.oneLine(detail)))" }
    text += " [\(sqlState)]"
    if let hint { text += "; the server's hint: \(ServerError.oneLine(hint))" }
    return text
  }

  /// Whether the server ended the connection with this error.
  var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" }

  static func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let cut = line.prefix(Limit.quotedReply)
    return cut.count < line.count ? cut + "…" : String(cut)
  }
}

extension ServerError {
  /// Reads the fields of a failed result, or gives nil where it holds no server's error.
  init?(of result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      guard let ascii = code.asciiValue,
        let text = unsafe PQresultErrorField(result, Int32(ascii))
      else { return nil }
      return unsafe String(cString: text)
    }
    // The letters stand for PG_DIAG_… of postgres_ext.h, which are macros Swift cannot see.
    guard let sqlState = field("C") else { return nil }
    self.init(
      sqlState: sqlState, severity: field("V") ?? field("S") ?? "ERROR", message: field("M") ?? "",
      detail: field("D"), hint: field("H"), context: field("W"), schema: field("s"),
      table: field("t"), column: field("c"), constraint: field("n"),
      position: field("P").flatMap { Int($0) })
  }
}
