internal import Checklist
internal import Core
internal import Postgres

/// A row as the code writes it, given by the checklist's author, to be written and taken back.
struct CanaryRow: Sendable {
  /// What stands for a vector, as it does in a pipeline.
  private static let vectorWord = "$embedding"

  /// The columns' names, folded as Postgres folds them, in the order of the checklist.
  let columns: [String]
  /// The values as SQL, in the same order.
  let values: [String]
  private let settings: [NamedSetting]

  /// Nil where none is given.
  ///
  /// - Parameters:
  ///   - settings: Which may have a field `canary`.
  ///   - table: Whose columns take the values.
  /// - Throws: What is no name of a column, or one that stands there twice.
  init?(_ settings: Settings, for table: QualifiedName) throws(Diagnostic) {
    self.settings = settings.map("canary")
    guard !self.settings.isEmpty else { return nil }
    var columns: [String] = []
    var values: [String] = []
    for entry in self.settings {
      guard let name = QualifiedName(entry.name), name.parts.count == 1 else {
        throw Diagnostic(
          "`canary` names \(entry.name.quoted), which is no name of a column",
          at: entry.setting.location)
      }
      guard !columns.contains(name.name) else {
        throw Diagnostic(
          "`canary` names the column \(name.name) twice", at: entry.setting.location)
      }
      columns.append(name.name)
      values.append(
        entry.setting.value == .text(CanaryRow.vectorWord)
          ? CanaryRow.vector(for: name.name, of: table) : entry.setting.value.sql)
    }
    self.columns = columns
    self.values = values
  }

  /// The setting of a column, or nil where the row has no such column.
  func setting(_ column: String) -> Setting? {
    columns.firstIndex(of: column).map { settings[$0].setting }
  }

  /// The row with one more column, as YAML.
  func adding(_ column: String) -> String {
    let entries = zip(columns, settings).map { name, entry in
      let value =
        switch entry.setting.value {
        case .null: "null"
        case .text(let text): text.allSatisfy(CanaryRow.isPlain) ? text : text.quoted
        case .whole(let number): String(number)
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        default: "…"
        }
      return "\(name): \(value)"
    }
    return "canary: { \((entries + ["\(column): …"]).joined(separator: ", ")) }"
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
