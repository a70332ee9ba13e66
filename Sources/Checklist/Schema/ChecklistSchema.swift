internal import Core

/// The JSON Schema (draft-07) of the checklist language, for editors and other validators.
package struct ChecklistSchema: Sendable {
  let kinds: [KindDeclaration]

  /// Describes a language that has these kinds of checks, in the order of the list.
  package init(kinds: [KindDeclaration]) {
    self.kinds = kinds
  }

  /// The schema over several lines, the same for the same declarations.
  package var document: String {
    let version = TopLevelFields.newestVersion
    return JSONDocument.object([
      ("$schema", .text("http://json-schema.org/draft-07/schema#")),
      ("$id", .text("https://preflight.example/schemas/checklist.v\(version).schema.json")),
      ("title", .text("Preflight checklist, version \(version)")),
      (
        "description", .text("What must hold before a deployment, and when a first run is healthy.")
      ),
      ("type", .text("object")),
      ("required", .names(TopLevelFields.all.filter(\.isRequired).map(\.name))),
      // A file that others include may hold no check of its own.
      (
        "anyOf",
        .list(
          ["checks", "include", "services", "pipelines"].map {
            .object([("required", .names([$0]))])
          })
      ),
      ("additionalProperties", .flag(false)),
      ("properties", .object(properties)),
      ("definitions", .object(kindDefinitions + scalarDefinitions)),
    ]).rendered() + "\n"
  }

  /// The scalars that anything refers to.
  private var scalarDefinitions: [JSONDocument.Member] {
    let users = JSONDocument.object(properties + kindDefinitions).rendered()
    return ScalarDefinition.allCases
      .filter { users.contains("\"#/definitions/\($0.rawValue)\"") }
      .map { ($0.rawValue, $0.schema) }
  }

  private var properties: [JSONDocument.Member] {
    (TopLevelFields.scalars + [TopLevelFields.include])
      .map { $0.property(fillsVariables: false) }
      + TopLevelFields.sections.map { section in
        (section.name, .object(section.words + shape(of: section)))
      }
  }

  /// The sections whose items are more than their fields refer to definitions; the others are told
  /// by their fields alone.
  private func shape(of section: Field) -> [JSONDocument.Member] {
    switch section.name {
    case "services":
      [
        ("type", .text("object")),
        ("propertyNames", .reference(to: .name)),
        ("additionalProperties", .reference(to: "service")),
      ]
    case "checks":
      [
        ("type", .text("array")), ("minItems", .whole(1)), ("items", .reference(to: "check")),
      ]
    default: section.shape.members(fillsVariables: true)
    }
  }

  private var kindDefinitions: [JSONDocument.Member] {
    let service = KindChoice(
      title: "Service", summary: "Something to talk to: exactly one of the kinds.",
      kinds: ServiceKind.allCases.map { ($0.rawValue, $0.subject.summary, $0.subject) }, common: [])
    let check = KindChoice(
      title: "Check", summary: "Something that must be true: exactly one of the kinds.",
      kinds: kinds.map { ($0.name, $0.summary, $0.subject) }, common: CommonSettings.fields)
    return [("service", service.schema(named: "service"))] + ServiceKind.allCases.map(definition)
      + [("check", check.schema(named: "check"))] + kinds.map(definition)
  }

  private func definition(of kind: ServiceKind) -> JSONDocument.Member {
    (
      "service.\(kind.rawValue)",
      .record(
        kind.fields, title: "Service of kind \(kind.rawValue)", summary: kind.subject.summary,
        fillsVariables: true)
    )
  }

  private func definition(of kind: KindDeclaration) -> JSONDocument.Member {
    (
      "check.\(kind.name)",
      .record(
        kind.fields, title: "Check of kind \(kind.name)",
        summary: """
          \(kind.summary)

          Passes when: \(kind.passesWhen)

          Cannot tell when: \(kind.cannotTellWhen)

          Needs: \(kind.needs)
          """,
        // What the common settings hold, `check` judges for every kind.
        allowing: CommonSettings.fields.map(\.name), fillsVariables: true)
    )
  }
}
