internal import Checklist
internal import Core

/// What pipelines write, held against what checks prove.
struct Coverage {
  private let pipelines: [PipelineDeclaration]
  private let columns: [QualifiedName]
  private let keys: [(table: QualifiedName, columns: Set<String>)]
  private let functions: [QualifiedName]

  init(_ checklist: Checklist) {
    func checks(_ kind: KindDeclaration) -> [Settings] {
      checklist.checks.filter { $0.kind == kind.name }.map(\.settings)
    }
    pipelines = checklist.pipelines
    columns = checks(DimensionCheck.declaration).flatMap { $0.plainTexts("dimension") }
      .compactMap { QualifiedName($0) }
    keys = checks(UpsertCheck.declaration).compactMap { settings in
      guard let table = settings.plainTexts("upsert").first.flatMap({ QualifiedName($0) }) else {
        return nil
      }
      return (table, Set(settings.plainTexts("on_conflict").map(Coverage.column)))
    }
    functions = checks(FunctionCheck.declaration).flatMap { $0.plainTexts("function") }
      .compactMap { try? FunctionSignature($0) }.map(\.name)
  }

  /// A warning for each column of vectors, each upsert and each function that no check proves.
  var warnings: [Diagnostic] {
    pipelines.flatMap { pipeline in
      pipeline.settings.records("to").flatMap(target) + job(pipeline.settings)
    }
  }

  private func target(_ target: Settings) -> [Diagnostic] {
    let text = (target.plainTexts("update") + target.plainTexts("upsert")).first
    guard let text, let table = QualifiedName(text) else { return [] }
    var found: [Diagnostic] = []
    for assignment in target.map("set") {
      guard case .text("$embedding") = assignment.setting.value,
        let column = QualifiedName("\(text).\(assignment.name)"),
        !columns.contains(where: { $0.mayBe(column) })
      else { continue }
      found.append(
        Coverage.warning(
          "no check proves that the model's vectors fit \(column.sql)",
          at: assignment.setting.location, help: "dimension: \(column.sql)"))
    }
    let key = target.plainTexts("on_conflict").map(Coverage.column)
    if let place = target["on_conflict"]?.location, !key.isEmpty,
      !keys.contains(where: { $0.table.mayBe(table) && $0.columns == Set(key) })
    {
      found.append(
        Coverage.warning(
          "no check proves that rows of \(table.sql) are unique by these columns", at: place,
          help: "upsert: \(table.sql), on_conflict: [\(key.joined(separator: ", "))]"))
    }
    return found
  }

  private func job(_ pipeline: Settings) -> [Diagnostic] {
    guard let job = pipeline.optionalRecord("job"), let place = job["progress"]?.location,
      let name = job.plainTexts("progress").first.flatMap({ QualifiedName($0) }),
      !functions.contains(where: { $0.mayBe(name) })
    else { return [] }
    return [
      Coverage.warning(
        "no check proves that the function \(name.sql) exists", at: place,
        help: "function: \(name.sql)(job_id uuid, increment_count integer)")
    ]
  }

  private static func column(_ text: String) -> String { QualifiedName(text)?.name ?? text }

  private static func warning(
    _ message: String, at location: SourceLocation, help: String
  ) -> Diagnostic {
    Diagnostic(message, at: location, severity: .warning, help: help)
  }
}

extension QualifiedName {
  /// Whether two names can mean the same thing: where one says less, the rest is the search path's.
  fileprivate func mayBe(_ other: QualifiedName) -> Bool {
    zip(parts.reversed(), other.parts.reversed()).allSatisfy { $0 == $1 }
  }
}

extension Settings {
  /// The texts of a field, one or many, that hold no variable.
  fileprivate func plainTexts(_ name: String) -> [String] {
    guard let setting = self[name] else { return [] }
    let items = if case .list(let items) = setting.value { items } else { [setting] }
    return items.compactMap { if case .text(let text) = $0.value { text } else { nil } }
  }
}
