internal import Core
internal import YAML

/// Reads nodes by declared fields, and keeps all faults that it meets on the way.
struct FieldReader {
  /// The part of the file under reading, for messages.
  struct Place {
    /// Such as "this `secret` check".
    let name: String
    /// Where a missing value is told.
    let location: SourceLocation
    /// Whether scalars may hold variables, for somebody fills them later.
    var fillsVariables = true
  }

  private(set) var faults = DiagnosticList()
  /// Secrets that stand in the file itself, whose lines must not be quoted.
  private(set) var literalSecrets: [SourceLocation] = []
  /// The services read so far.
  private(set) var services = KnownServices()

  mutating func fail(
    _ message: @autoclosure () -> String, at location: SourceLocation,
    notes: [Diagnostic.Note] = [], help: @autoclosure () -> String? = nil
  ) {
    faults.add(at: location) { Diagnostic(message(), at: location, notes: notes, help: help()) }
  }

  /// Takes over faults that were found elsewhere.
  mutating func keep(_ diagnostic: Diagnostic) {
    let start = SourceLocation(file: "", line: 1, column: 1)
    faults.add(at: diagnostic.location ?? start) { diagnostic }
  }

  mutating func know(service name: String, of kind: ServiceKind?) {
    services.add(name, of: kind)
  }

  /// Keeps a value out of what is quoted.
  mutating func hide(_ location: SourceLocation) {
    literalSecrets.append(location)
  }

  /// Keeps secrets out of the lines that faults of the YAML quote, of which no field is known.
  mutating func hideSecrets(near diagnostics: [Diagnostic], in source: SourceText?) {
    let places = diagnostics.compactMap(\.location) + diagnostics.flatMap(\.notes).map(\.location)
    for place in places.withoutRepeats(by: \.line) {
      guard let line = source?.line(place.line), let column = SecretLook.hiddenColumn(in: line)
      else { continue }
      hide(SourceLocation(file: place.file, line: place.line, column: column))
    }
  }

  /// The entries of a mapping, or nil with a fault where the node is none.
  mutating func entries(of node: Node, named name: String) -> [Entry]? {
    if case .mapping(let entries) = node.content { return entries }
    fail("\(name) must be a mapping, not \(node.nature)", at: node.location)
    return nil
  }

  /// The items of a list of at least one, or nil with a fault where the node is none.
  mutating func items(of node: Node, named name: String) -> [Node]? {
    guard case .sequence(let items) = node.content else {
      fail("\(name) must be a list, not \(node.nature)", at: node.location)
      return nil
    }
    guard !items.isEmpty else {
      fail("\(name) is an empty list", at: node.location)
      return nil
    }
    return items
  }

  /// The values of some fields, with defaults for what is not written.
  ///
  /// Names that no field bears are not judged here: several lists of fields may share a mapping.
  mutating func settings(_ entries: [Entry], by fields: [Field], in place: Place) -> Settings {
    var values: [String: Setting] = [:]
    for field in fields {
      if let entry = entries.first(where: { $0.name == field.name }) {
        let name = "`\(field.name)`"
        if let value = value(of: entry, as: field.shape, named: name, in: place) {
          values[field.name] = Setting(value, at: entry.value.location)
        }
      } else if let value = absent(field, in: place) {
        values[field.name] = Setting(value, at: place.location)
      }
    }
    return Settings(fields: fields, values: values, location: place.location)
  }

  /// Tells of each name that no field bears.
  mutating func refuseUnknown(_ entries: [Entry], known fields: [Field], in place: Place) {
    for entry in entries where !fields.contains(where: { $0.name == entry.name }) {
      let names = fields.map(\.name)
      hideSecret(in: entry, known: fields)
      fail(
        "unknown name \(entry.name.quoted) in \(place.name)", at: entry.location,
        help: names.nearest(to: entry.name).map { "did you mean `\($0)`?" }
          ?? "known here: \(names.joined(separator: ", "))")
    }
  }

  // A misspelt name must not make its value, a secret by all appearance, part of the message.
  private mutating func hideSecret(in entry: Entry, known fields: [Field]) {
    guard SecretLook.isSecret(setting: entry.name) || fields.contains(where: \.isSecret) else {
      return
    }
    hide(entry.value.location)
  }

  private mutating func absent(_ field: Field, in place: Place) -> Value? {
    if let text = field.defaultText { return defaultValue(text, of: field, in: place) }
    guard field.isRequired else { return nil }
    guard case .service(let kind) = field.shape else {
      fail(
        "\(place.name) lacks `\(field.name)`", at: place.location,
        help: field.example.map { "for example `\(field.name): \($0)`" } ?? field.summary)
      return nil
    }
    return onlyService(of: kind, for: field, in: place)
  }

  private mutating func onlyService(
    of kind: String, for field: Field, in place: Place
  ) -> Value? {
    let names = services.names(of: kind)
    if names.count == 1 { return .text(names[0]) }
    // A service that could not be read may be the one; its own fault is told already.
    if services.hasUnread { return nil }
    fail(
      names.isEmpty
        ? "\(place.name) needs a service of kind `\(kind)`, and none is declared"
        : "\(place.name) must say which service of kind `\(kind)` it means",
      at: place.location,
      help: names.isEmpty
        ? nil : "write `\(field.name):` and one of \(names.joined(separator: ", "))")
    return nil
  }

  private mutating func defaultValue(_ text: String, of field: Field, in place: Place) -> Value {
    let value: Value?
    switch field.shape {
    case .record(let fields): value = .record(settings([], by: fields, in: place))
    case .list(let item, _), .oneOrMany(let item):
      let items = text.split(separator: ", ").compactMap {
        item.value(of: String($0), isPlain: true)
      }
      value = .list(items.map { Setting($0, at: place.location) })
    default: value = field.shape.value(of: text, isPlain: true)
    }
    guard let value else { preconditionFailure("the default of \(field.name) does not fit") }
    return value
  }
}

extension Node {
  /// What the node is, for the end of the sentence "this must be a list, not …".
  var nature: String {
    switch content {
    case .scalar(let scalar): scalar.text.isEmpty && scalar.isPlain ? "nothing" : "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
