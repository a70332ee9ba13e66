internal import Checklist
internal import Core

extension Settings {
  /// A setting that names a table, which may have a schema before it.
  func tableName(_ field: String) throws(Diagnostic) -> QualifiedName {
    let text = text(field)
    guard let name = QualifiedName(text), name.parts.count <= 2 else {
      throw Diagnostic(
        "\(text.quoted) is no name of a table", at: self[field]?.location ?? location,
        help: "write `table` or `schema.table`, and odd names in double quotes")
    }
    return name
  }

  /// A setting that lists columns, each once, folded as Postgres folds them.
  func columnNames(_ field: String) throws(Diagnostic) -> [String] {
    var names: [String] = []
    for item in list(field) {
      guard case .text(let text) = item.value, let name = QualifiedName(text),
        name.parts.count == 1
      else {
        throw Diagnostic("`\(field)` holds what is no name of a column", at: item.location)
      }
      guard !names.contains(name.name) else {
        throw Diagnostic("`\(field)` names the column \(name.name) twice", at: item.location)
      }
      names.append(name.name)
    }
    return names
  }
}
