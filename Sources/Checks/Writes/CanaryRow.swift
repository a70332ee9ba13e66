internal import Checklist
internal import Core
internal import Postgres

/// A row as the code writes it, given by the checklist's author, to be written and taken back.
struct CanaryRow: Sendable {
  /// What stands for a vector, as it does in a pipeline.
  private static let vectorWord = "$embedding"

  static let example = """
    { repository_id: preflight/canary, item_type: issue, \
    item_id: 00000000-0000-0000-0000-000000000000, embedding: $embedding }
    """

  private struct Entry: Sendable {
    /// Folded as Postgres folds it.
    let column: String
    /// The value as SQL.
    let value: String
    /// What stands in the checklist; nil for what is added to it.
    let setting: Setting?
  }

  private let entries: [Entry]

  /// The columns' names, in the order of the checklist.
  var columns: [String] { entries.map(\.column) }
  /// The values as SQL, in the same order.
  var values: [String] { entries.map(\.value) }

  /// Of no columns where none is given.
  ///
  /// - Parameters:
  ///   - settings: Which may have a field `canary`.
  ///   - table: Whose columns take the values.
  /// - Throws: What is no name of a column, or one that stands there twice.
  init(_ settings: Settings, for table: QualifiedName) throws(Diagnostic) {
    var entries: [Entry] = []
    for entry in settings.map("canary") {
      guard let name = QualifiedName(entry.name), name.parts.count == 1 else {
        throw Diagnostic(
          "`canary` names \(entry.name.quoted), which is no name of a column",
          at: entry.setting.location)
      }
      guard !entries.contains(where: { $0.column == name.name }) else {
        throw Diagnostic(
          "`canary` names the column \(name.name) twice", at: entry.setting.location)
      }
      let isVector = entry.setting.value == .text(CanaryRow.vectorWord)
      entries.append(
        Entry(
          column: name.name,
          value: isVector
            ? CanaryRow.vector(for: name.name, of: table) : entry.setting.value.sql,
          setting: entry.setting))
    }
    self.entries = entries
  }

  /// The same with a vector of its own, which is the statement's `$1`.
  ///
  /// - Parameters:
  ///   - settings: Which may have a field `canary`.
  ///   - column: Which takes the vector, be it named in the row or not.
  /// - Throws: Also where the row gives the column something else.
  init(_ settings: Settings, withVectorIn column: VectorColumn) throws(Diagnostic) {
    let given = try CanaryRow(settings, for: column.table)
    let setting = given.setting(column.column)
    if let setting, setting.value != .text(CanaryRow.vectorWord) {
      throw Diagnostic(
        "`canary` gives \(column.column) another value than the vector", at: setting.location,
        help: "write \(CanaryRow.vectorWord), or leave the column out")
    }
    entries =
      given.entries.filter { $0.column != column.column }
      + [Entry(column: column.column, value: "$1", setting: setting)]
  }

  /// The setting of a column, or nil where the checklist gives it no value.
  func setting(_ column: String) -> Setting? {
    entries.first { $0.column == column }?.setting
  }

  /// The row with one more column, as YAML.
  func adding(_ column: String) -> String {
    let given = entries.compactMap { entry in
      entry.setting.map { "\(entry.column): \(CanaryRow.yaml(of: $0.value))" }
    }
    return "canary: { \((given + ["\(column): …"]).joined(separator: ", ")) }"
  }

  private static func yaml(of value: Value) -> String {
    switch value {
    case .null: "null"
    case .text(let text): text.allSatisfy(isPlain) ? text : text.quoted
    case .whole(let number): String(number)
    case .number(let number): String(number)
    case .flag(let flag): String(flag)
    default: "…"
    }
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_-./$".contains(character)
  }

  /// A vector of length 1 with as many numbers as the column takes, as SQL.
  ///
  /// The dimension is looked up by the statement itself. pgvector casts an array of numbers to each
  /// of its types where it is assigned, so that no type has to be named, wherever the extension is.
  private static func vector(for column: String, of table: QualifiedName) -> String {
    """
    (select array[1] || array_fill(0, array[greatest(coalesce(nullif(t.typtypmod, -1), \
    a.atttypmod), 1) - 1]) from pg_attribute a join pg_type t on t.oid = a.atttypid \
    where a.attrelid = to_regclass(\(SQLText.literal(table.sql))) \
    and a.attname = \(SQLText.literal(column)))
    """
  }
}

extension Value {
  /// A scalar of the checklist as an SQL literal of no type.
  var sql: String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "'true'" : "'false'"
    case .whole(let whole): "'\(whole)'"
    case .number(let number): "'\(number)'"
    case .text(let text): SQLText.literal(text)
    default: preconditionFailure("only a scalar is a literal")
    }
  }
}
