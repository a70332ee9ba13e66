internal import Core
internal import YAML

extension FieldReader {
  /// The services of a checklist's files; their names are known to what is read after them.
  mutating func readServices(_ nodes: [Node]) -> [ServiceDeclaration] {
    var declarations: [ServiceDeclaration] = []
    var places: [String: SourceLocation] = [:]
    for entry in nodes.flatMap({ entries(of: $0, named: "`services`") ?? [] }) {
      if let first = places[entry.name] {
        fail(
          "two services are called \(entry.name.quoted)", at: entry.location,
          notes: [Diagnostic.Note("the first one", at: first)])
        continue
      }
      places[entry.name] = entry.location
      if Shape.identifier.value(of: entry.name, isPlain: true) == nil {
        fail(
          "a service's name must be \(Shape.identifier.expectation)", at: entry.location)
      }
      let declaration = readService(entry)
      // Known by name even where it is faulty, so that one fault is not told twice.
      know(service: entry.name, of: declaration?.kind)
      if let declaration { declarations.append(declaration) }
    }
    return declarations
  }

  private mutating func readService(_ entry: Entry) -> ServiceDeclaration? {
    let name = "the service \(entry.name.quoted)"
    if case .scalar = entry.value.content { hide(entry.value.location) }
    guard let entries = entries(of: entry.value, named: name) else { return nil }
    let kinds = ServiceKind.allCases
    let found = entries.filter { candidate in kinds.contains { $0.rawValue == candidate.name } }
    guard let first = found.first, let kind = ServiceKind(rawValue: first.name) else {
      let known = kinds.map(\.rawValue)
      hideAll(entries)
      let misspelt = entries.first { known.nearest(to: $0.name) != nil }
      fail(
        "\(name) is of no known kind", at: (misspelt ?? entry).location,
        help: misspelt.flatMap { known.nearest(to: $0.name) }.map { "did you mean `\($0)`?" }
          ?? "it needs one of: \(known.joined(separator: ", "))")
      return nil
    }
    if let second = found.dropFirst().first {
      hideAll(entries)
      fail(
        "\(name) is of two kinds", at: second.location,
        notes: [Diagnostic.Note("the first one", at: first.location)])
      return nil
    }
    let place = Place(name: name, location: first.location)
    refuseUnknown(entries, known: kind.fields, in: place)
    return ServiceDeclaration(
      name: entry.name, kind: kind, settings: settings(entries, by: kind.fields, in: place),
      location: entry.location)
  }

  // Without a kind nobody knows which values are secrets.
  private mutating func hideAll(_ entries: [Entry]) {
    for entry in entries { hide(entry.value.location) }
  }
}
