internal import Core

extension Shape {
  /// A schema of its own for a value of this shape.
  func schema(fillsVariables: Bool) -> JSONDocument {
    let members = members(fillsVariables: fillsVariables)
    // Where no words stand beside it, a reference needs no list around it.
    if members.count == 1, members[0].key == "allOf", case .list(let parts) = members[0].value,
      parts.count == 1
    {
      return parts[0]
    }
    return .object(members)
  }

  /// What a JSON Schema says of a value of this shape.
  ///
  /// It stands beside a field's words, which draft-07 ignores beside a `$ref`; hence the `allOf`.
  func members(fillsVariables: Bool) -> [JSONDocument.Member] {
    switch self {
    case .text: refer(to: fillsVariables ? .text : .literal)
    case .secret: refer(to: .secret)
    case .connection: refer(to: .connection)
    case .identifier, .service: refer(to: .name)
    case .scalar: refer(to: fillsVariables ? .scalar : .literalScalar)
    case .word(let words):
      orVariable([("enum", .names(words))], fillsVariables)
    case .whole(let range):
      orVariable(Shape.whole(range), fillsVariables)
    case .flag: orVariable([("type", .text("boolean"))], fillsVariables)
    case .duration:
      orVariable(
        [("type", .text("string")), ("pattern", .text("^\(SchemaPattern.duration)$"))],
        fillsVariables)
    case .day:
      orVariable(
        [("type", .text("string")), ("pattern", .text("^[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]$"))],
        fillsVariables)
    case .comparison: orVariable(Shape.comparison(Measure.allCases), fillsVariables)
    case .comparisonOf(let measures): orVariable(Shape.comparison(measures), fillsVariables)
    case .list(let item, let least): Shape.list(item, least, fillsVariables)
    case .oneOrMany(let item):
      [
        (
          "anyOf",
          .list([
            item.schema(fillsVariables: fillsVariables),
            .object(Shape.list(item, 1, fillsVariables)),
          ])
        )
      ]
    case .map(let value):
      [
        ("type", .text("object")), ("minProperties", .whole(1)),
        ("propertyNames", .object([("minLength", .whole(1))])),
        ("additionalProperties", value.schema(fillsVariables: fillsVariables)),
      ]
    case .record(let fields): Shape.record(fields, fillsVariables)
    case .choiceOfShapes(let shapes):
      [("anyOf", .list(shapes.map { $0.schema(fillsVariables: fillsVariables) }))]
    }
  }

  private func refer(to definition: ScalarDefinition) -> [JSONDocument.Member] {
    [("allOf", .list([.reference(to: definition)]))]
  }

  private func orVariable(
    _ members: [JSONDocument.Member], _ fillsVariables: Bool
  ) -> [JSONDocument.Member] {
    guard fillsVariables else { return members }
    return [("anyOf", .list([.object(members), .reference(to: .variable)]))]
  }

  private static func whole(_ range: ClosedRange<Int>) -> [JSONDocument.Member] {
    if range.count == 1 { return [("enum", .list([.whole(range.lowerBound)]))] }
    return [
      ("type", .text("integer")), ("minimum", .whole(range.lowerBound)),
      ("maximum", .whole(range.upperBound)),
    ]
  }

  private static func comparison(_ measures: [Measure]) -> [JSONDocument.Member] {
    let pattern = SchemaPattern.comparison(measures)
    guard measures.contains(.number) else {
      return [("type", .text("string")), ("pattern", .text(pattern))]
    }
    return [
      ("type", .names(["string", "number"])), ("pattern", .text(pattern)), ("minimum", .whole(0)),
    ]
  }

  private static func list(
    _ item: Shape, _ least: Int, _ fillsVariables: Bool
  ) -> [JSONDocument.Member] {
    var members: [JSONDocument.Member] = [
      ("type", .text("array")), ("minItems", .whole(max(1, least))),
      ("items", item.schema(fillsVariables: fillsVariables)),
    ]
    if item == .record(PipelineFields.target) { members.append(PipelineSchema.storesVector) }
    return members
  }

  private static func record(
    _ fields: [Field], _ fillsVariables: Bool
  ) -> [JSONDocument.Member] {
    if fields == PipelineFields.target { return PipelineSchema.target }
    guard
      case .object(let members) = JSONDocument.record(fields, fillsVariables: fillsVariables)
    else { return [] }
    return members
  }
}
