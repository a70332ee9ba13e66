internal import Checklist
internal import Core
internal import HTTP

/// A whole checklist with one check of a kind, made of the examples that the fields declare.
struct ExampleChecklist {
  let text: String
  let read: ReadChecklist

  /// A checklist with a check that has every setting with an example, as far as they agree with each
  /// other.
  init(of kind: any CheckKind.Type) {
    let fields = kind.declaration.fields
    var example = ExampleChecklist(of: kind, with: fields.filter(\.isRequired).map(\.name))
    var others = fields.filter { !$0.isRequired && $0.example != nil }.map(\.name)
    // One by one, and then by two: some settings ask for each other.
    while let larger = ExampleChecklist.additions(of: others).lazy.map({ addition in
      ExampleChecklist(of: kind, with: example.names + addition)
    }).first(where: { $0.isUsable(as: kind) }) {
      example = larger
      others.removeAll(where: larger.names.contains)
    }
    self = example
  }

  /// A checklist with a service of a kind, and a check that uses it and as little else as there is.
  init(of service: ServiceKind) {
    let users = allKinds.compactMap { kind -> (example: ExampleChecklist, services: Int)? in
      let fields = kind.declaration.fields
      guard let use = fields.first(where: { $0.service == service }) else { return nil }
      let names = fields.filter { $0.isRequired || $0.name == use.name }.map(\.name)
      let example = ExampleChecklist(of: kind, with: names)
      guard example.isUsable(as: kind) else { return nil }
      return (example, Set(fields.filter { names.contains($0.name) }.compactMap(\.service)).count)
    }
    guard let least = users.min(by: { $0.services < $1.services }) else {
      preconditionFailure("a kind of service that no check could use")
    }
    self = least.example
  }

  /// How examples call a service of a kind.
  static func name(of service: ServiceKind) -> String {
    allKindDeclarations.lazy.flatMap(\.fields).first { $0.service == service && $0.example != nil }?
      .example ?? service.rawValue
  }

  private let names: [String]

  private static func additions(of names: [String]) -> [[String]] {
    names.map { [$0] }
      + names.indices.flatMap { first in
        names[(first + 1)...].map { [names[first], $0] }
      }
  }

  private init(of kind: any CheckKind.Type, with names: [String]) {
    let fields = kind.declaration.fields.filter { names.contains($0.name) }
    let services = ServiceKind.allCases.filter { fields.compactMap(\.service).contains($0) }
    var lines = ["version: 1"]
    if !services.isEmpty { lines.append("services:") }
    for service in services {
      lines.append("  \(ExampleChecklist.name(of: service)):")
      lines += service.declaration.fields.compactMap { $0.line(indent: "    ") }
    }
    lines += ["checks:", "  - id: \(kind.declaration.name)"]
    lines += fields.compactMap { field in
      field.service.map { "    \(field.name): \(ExampleChecklist.name(of: $0))" }
        ?? field.line(indent: "    ")
    }
    text = lines.map { $0 + "\n" }.joined()
    read = Checklist.read(path: "example.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    self.names = names
  }

  private func isUsable(as kind: any CheckKind.Type) -> Bool {
    guard let checklist = read.checklist, read.diagnostics.isEmpty,
      let check = checklist.checks.first
    else { return false }
    let services = Services(
      of: checklist, variables: Variables([:]), directory: ".", http: HTTPClient())
    return (try? services.read(check, as: kind).get()) != nil
  }
}

extension Field {
  /// The kind of service that the value names.
  fileprivate var service: ServiceKind? {
    if case .service(let kind) = shape { ServiceKind(rawValue: kind) } else { nil }
  }

  /// The example as it stands in a mapping; lines of its own are taken in to their place.
  fileprivate func line(indent: String) -> String? {
    example.map { "\(indent)\(name): " + $0.replacing("\n", with: "\n\(indent)") }
  }
}
