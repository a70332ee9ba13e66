internal import Core

/// A mapping that is of exactly one kind, told by the one key that bears a kind's name.
///
/// The keys stand in one list of properties, for an editor to offer; `if` and `then` choose the
/// kind, so that a fault is told for the kind that was meant and not for each of them.
struct KindChoice {
  let title: String
  let summary: String
  let kinds: [(name: String, summary: String, subject: Field)]
  let common: [Field]

  /// The schema; that of a kind is the definition `name.KIND`.
  func schema(named name: String) -> JSONDocument {
    let required = common.filter(\.isRequired).map(\.name)
    let words: [JSONDocument.Member] = [
      ("title", .text(title)), ("description", .text(summary)), ("type", .text("object")),
    ]
    let choice: [JSONDocument.Member] = [
      (
        "properties",
        .object(
          common.map(property)
            + kinds.map {
              ($0.name, .object([("description", .text($0.summary))] + $0.subject.examples))
            })
      ),
      ("oneOf", .list(kinds.map { .object([("required", .names([$0.name]))]) })),
      (
        "allOf",
        .list(
          kinds.map {
            .object([
              ("if", .object([("required", .names([$0.name]))])),
              ("then", .reference(to: "\(name).\($0.name)")),
            ])
          })
      ),
    ]
    return .object(words + (required.isEmpty ? [] : [("required", .names(required))]) + choice)
  }

  private func property(_ field: Field) -> JSONDocument.Member {
    let property = field.property(fillsVariables: false)
    guard field.name == "id", case .object(let members) = property.value else { return property }
    // Each service is a check by such a name.
    return (
      field.name,
      .object(
        members + [
          ("not", .object([("type", .text("string")), ("pattern", .text("^service\\."))]))
        ])
    )
  }
}
