internal import Core
internal import YAML

extension FieldReader {
  /// The checks of a checklist's files; references between them are judged once all are known.
  mutating func readChecks(
    _ nodes: [Node], kinds: [String: KindDeclaration]
  ) -> [CheckDeclaration] {
    let items = nodes.flatMap { self.items(of: $0, named: "`checks`") ?? [] }
    var declarations: [CheckDeclaration] = []
    var places: [String: SourceLocation] = [:]
    var needs: [Need] = []
    for item in items {
      guard let entries = entries(of: item, named: "a check") else { continue }
      let common = readCommon(entries, of: item)
      if let id = common["id"], case .text(let name) = id.value {
        judge(id: name, at: id.location, first: places[name])
        places[name] = places[name] ?? id.location
        needs += common.list("needs").compactMap { Need(of: name, $0) }
      }
      let settings = readKind(entries, of: item, kinds: kinds)
      if let settings, let check = CheckDeclaration(common: common, kind: settings) {
        declarations.append(check)
      }
    }
    judge(needs, of: places)
    return declarations
  }

  private mutating func readCommon(_ entries: [Entry], of item: Node) -> Settings {
    let place = Place(name: "a check", location: item.location, fillsVariables: false)
    return settings(entries, by: CommonSettings.fields, in: place)
  }

  private mutating func judge(id: String, at location: SourceLocation, first: SourceLocation?) {
    if id.hasPrefix("service.") {
      fail(
        "an id cannot begin with `service.`: each service is a check by that name",
        at: location)
    }
    if let first {
      fail(
        "two checks have the id \(id.quoted)", at: location,
        notes: [Diagnostic.Note("the first one", at: first)])
    }
  }

  /// The settings of the item's kind, or nil with a fault where it has none or several.
  private mutating func readKind(
    _ entries: [Entry], of item: Node, kinds: [String: KindDeclaration]
  ) -> Settings? {
    let found = entries.filter { kinds[$0.name] != nil }
    guard let first = found.first, let kind = kinds[first.name] else {
      refuseWithoutKind(entries, of: item, known: kinds.keys.sorted())
      return nil
    }
    let fields = CommonSettings.fields + kind.fields
    guard found.count == 1 else {
      for second in found.dropFirst() {
        fail(
          "a check is of one kind, and this one is `\(first.name)` already", at: second.location,
          notes: [Diagnostic.Note("the first one", at: first.location)])
      }
      return nil
    }
    let place = Place(name: "this `\(kind.name)` check", location: first.location)
    refuseUnknown(entries, known: fields, in: place)
    return settings(entries, by: kind.fields, in: place)
  }

  private mutating func refuseWithoutKind(
    _ entries: [Entry], of item: Node, known: [String]
  ) {
    let common = CommonSettings.fields.map(\.name)
    let others = entries.filter { !common.contains($0.name) }
    // The search for near names costs time for each, and a check has few settings.
    for other in others.prefix(faults.isFull ? 0 : 8) {
      guard let near = known.nearest(to: other.name) else { continue }
      fail(
        "no check kind is called \(other.name.quoted)", at: other.location,
        help: "did you mean `\(near)`?")
      return
    }
    if let other = others.first {
      fail(
        "no check kind is called \(other.name.quoted)", at: other.location,
        help: "kinds are \(known.joined(separator: ", "))")
    } else {
      fail(
        "a check needs a kind", at: item.location,
        help: "kinds are \(known.joined(separator: ", "))")
    }
  }
}

extension CheckDeclaration {
  /// Nil where the settings have faults that leave nothing to build from.
  fileprivate init?(common: Settings, kind: Settings) {
    guard let id = common.optionalText("id"),
      let severity = common.optionalText("severity").flatMap(CheckSeverity.init)
    else { return nil }
    self.init(
      id: id, kind: kind.fields[0].name, title: common.optionalText("title"),
      severity: severity,
      phases: common["phase"] == nil
        ? Set(Phase.allCases) : Set(common.texts("phase").compactMap(Phase.init)),
      needs: common.texts("needs"), timeout: common.optionalDuration("timeout"),
      waitFor: common.optionalDuration("wait_for"),
      waiver: common.optionalRecord("waive").flatMap(WaiverDeclaration.init),
      help: common.optionalText("help"), settings: kind,
      location: common.location)
  }
}

extension WaiverDeclaration {
  /// Nil where the record has faults.
  fileprivate init?(_ settings: Settings) {
    guard let reason = settings.optionalText("reason"),
      let owner = settings.optionalText("owner"), let until = settings.optionalDay("until")
    else { return nil }
    self.init(reason: reason, owner: owner, until: until, location: settings.location)
  }
}
