internal import Core
internal import YAML

extension FieldReader {
  /// The pipelines of a checklist's files.
  mutating func readPipelines(_ nodes: [Node]) -> [PipelineDeclaration] {
    let items = nodes.flatMap { self.items(of: $0, named: "`pipelines`") ?? [] }
    var declarations: [PipelineDeclaration] = []
    var places: [String: SourceLocation] = [:]
    for item in items {
      guard let entries = entries(of: item, named: "a pipeline") else { continue }
      let place = Place(name: "a pipeline", location: item.location)
      refuseUnknown(entries, known: PipelineFields.pipeline, in: place)
      let settings = settings(entries, by: PipelineFields.pipeline, in: place)
      judgeTargets(of: settings)
      guard let name = settings.optionalText("name") else { continue }
      if let first = places[name] {
        fail(
          "two pipelines are called \(name.quoted)",
          at: settings["name"]?.location ?? item.location,
          notes: [Diagnostic.Note("the first one", at: first)])
      }
      places[name] = places[name] ?? settings["name"]?.location
      declarations.append(
        PipelineDeclaration(name: name, settings: settings, location: item.location))
    }
    return declarations
  }

  private mutating func judgeTargets(of settings: Settings) {
    let targets = settings.list("to")
    var storesVectors = false
    for item in targets {
      guard case .record(let target) = item.value else { continue }
      judgeTarget(target, at: item.location)
      storesVectors = storesVectors || target.map("set").contains { $0.setting.names("$embedding") }
    }
    if let first = targets.first, !storesVectors {
      fail(
        "no target of this pipeline stores the vector", at: first.location,
        help: "set a column to `$embedding`")
    }
  }

  private mutating func judgeTarget(_ target: Settings, at location: SourceLocation) {
    switch (target["update"], target["upsert"]) {
    case (nil, nil): fail("a target needs `update` or `upsert`", at: location)
    case (.some, .some(let upsert)):
      fail("a target is either `update` or `upsert`", at: upsert.location)
    case (.some, nil):
      if let columns = target["on_conflict"] {
        fail("`on_conflict` belongs to `upsert`", at: columns.location)
      }
    case (nil, .some(let upsert)):
      if target["on_conflict"] == nil {
        fail(
          "an `upsert` target lacks `on_conflict`", at: upsert.location,
          help: "name the columns of the table's unique constraint")
      }
    }
  }
}

extension Setting {
  /// Whether a text, filled or not, has a word in it.
  fileprivate func names(_ word: String) -> Bool {
    switch value {
    case .text(let text): text.contains(word)
    case .pending(let template, _): template.literalText.contains(word)
    default: false
    }
  }
}
