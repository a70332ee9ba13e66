internal import Core
internal import YAML

extension JSONDocument {
  static func names(_ names: [String]) -> JSONDocument { .list(names.map { .text($0) }) }

  static func reference(to definition: String) -> JSONDocument {
    .object([("$ref", .text("#/definitions/\(definition)"))])
  }

  static func reference(to definition: ScalarDefinition) -> JSONDocument {
    reference(to: definition.rawValue)
  }

  /// The schema of a mapping with these fields and no others.
  ///
  /// - Parameters:
  ///   - fields: What the mapping may hold.
  ///   - title: A name for people, or nil where the field that holds the mapping tells it.
  ///   - summary: What the mapping is, with its title.
  ///   - names: Further keys, whose values are judged elsewhere.
  ///   - fillsVariables: Whether scalars may hold variables.
  /// - Returns: The schema.
  static func record(
    _ fields: [Field], title: String? = nil, summary: String? = nil, allowing names: [String] = [],
    fillsVariables: Bool
  ) -> JSONDocument {
    let required = fields.filter(\.mustBeWritten).map(\.name)
    var members: [Member] = []
    if let title { members.append(("title", .text(title))) }
    if let summary { members.append(("description", .text(summary))) }
    members.append(("type", .text("object")))
    if !required.isEmpty { members.append(("required", .names(required))) }
    members.append(("additionalProperties", .flag(false)))
    members.append(
      (
        "properties",
        .object(
          names.map { ($0, .flag(true)) }
            + fields.map { $0.property(fillsVariables: fillsVariables) })
      ))
    return .object(members)
  }

  /// A scalar as the core schema of YAML 1.2 reads it.
  init(scalar text: String, isPlain: Bool) {
    switch Shape.scalar.value(of: text, isPlain: isPlain) {
    case .whole(let number): self = .whole(number)
    case .number(let number): self = .number(number)
    case .flag(let flag): self = .flag(flag)
    case .null: self = .null
    default: self = .text(text)
    }
  }

  /// A value as somebody would write it in a checklist.
  init?(yaml text: String) {
    guard let root = YAMLDocument.parse(Array(text.utf8), file: "").root else { return nil }
    self.init(root)
  }

  private init(_ node: Node) {
    switch node.content {
    case .scalar(let scalar): self.init(scalar: scalar.text, isPlain: scalar.isPlain)
    case .sequence(let items): self = .list(items.map { JSONDocument($0) })
    case .mapping(let entries): self = .object(entries.map { ($0.name, JSONDocument($0.value)) })
    }
  }
}

extension Field {
  /// Whether leaving the field out is a fault in any file.
  ///
  /// A service need not be named where there is just one of its kind, which a schema cannot count.
  var mustBeWritten: Bool {
    if case .service = shape { return false }
    return isRequired
  }

  /// The field under its name, for a list of properties.
  func property(fillsVariables: Bool) -> JSONDocument.Member {
    (name, .object(words + shape.members(fillsVariables: fillsVariables)))
  }

  /// What an editor tells of the field.
  var words: [JSONDocument.Member] {
    [("title", .text(name.replacing("_", with: " "))), ("description", .text(summary))]
      + examples + preset
  }

  var examples: [JSONDocument.Member] {
    example.flatMap { JSONDocument(yaml: $0) }.map { [("examples", .list([$0]))] } ?? []
  }

  private var preset: [JSONDocument.Member] {
    guard let text = defaultText else { return [] }
    let value: JSONDocument =
      switch shape {
      case .record: .object([])
      case .list, .oneOrMany:
        .list(text.split(separator: ", ").map { JSONDocument(scalar: String($0), isPlain: true) })
      default: JSONDocument(scalar: text, isPlain: true)
      }
    return [("default", value)]
  }
}
