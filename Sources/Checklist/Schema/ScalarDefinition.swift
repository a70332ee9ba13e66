internal import Core

/// The scalars of the language that many fields share, as definitions of the schema.
enum ScalarDefinition: String, CaseIterable {
  case text
  case literal
  case scalar
  case literalScalar
  case name
  case variable
  case secret
  case connection

  var schema: JSONDocument {
    .object(
      [("title", .text(title)), ("description", .text(summary))] + members)
  }

  private var title: String {
    switch self {
    case .text: "Text"
    case .literal: "Text without variables"
    case .scalar: "Single value"
    case .literalScalar: "Single value without variables"
    case .name: "Name"
    case .variable: "Variable"
    case .secret: "Secret"
    case .connection: "Connection"
    }
  }

  private var summary: String {
    switch self {
    case .text: "A text that is not empty; ${NAME} and ${NAME:-default} are filled in."
    case .literal: "A text that is not empty and holds no variable."
    case .scalar: "A text, a number, a truth value or null; ${NAME} is filled in."
    case .literalScalar: "A text, a number, a truth value or null, without variables."
    case .name: "A name of lower-case letters, digits, `.`, `_` and `-`."
    case .variable: "${NAME} or ${NAME:-default}, whose value must fit when it is filled in."
    case .secret: "A text that comes from a variable: ${NAME}, never the secret itself."
    case .connection: "A Postgres connection URL; a password in it comes from a variable."
    }
  }

  // YAML reads a text such as `123` or `true` as something else unless it is quoted; the language
  // does not insist on quotes.
  private static let scalarTypes = ["string", "number", "boolean"]

  private var members: [JSONDocument.Member] {
    switch self {
    case .text: Self.scalars(Self.scalarTypes, matching: SchemaPattern.template, isEmpty: false)
    case .literal: Self.scalars(Self.scalarTypes, matching: SchemaPattern.literal, isEmpty: false)
    case .scalar:
      Self.scalars(Self.scalarTypes + ["null"], matching: SchemaPattern.template, isEmpty: true)
    case .literalScalar:
      Self.scalars(Self.scalarTypes + ["null"], matching: SchemaPattern.literal, isEmpty: true)
    case .name:
      [
        ("type", .names(Self.scalarTypes)), ("pattern", .text("^[a-z0-9][a-z0-9._-]*$")),
        ("minimum", .whole(0)),
      ]
    case .variable: [("type", .text("string")), ("pattern", .text(SchemaPattern.variable))]
    case .secret: [("type", .text("string")), ("pattern", .text(SchemaPattern.secret))]
    case .connection:
      Self.scalars(Self.scalarTypes, matching: SchemaPattern.template, isEmpty: false) + [
        (
          "not",
          .object([
            (
              "anyOf",
              .list(
                SchemaPattern.passwords.map {
                  .object([("type", .text("string")), ("pattern", .text($0))])
                })
            )
          ])
        )
      ]
    }
  }

  private static func scalars(
    _ types: [String], matching pattern: String, isEmpty: Bool
  ) -> [JSONDocument.Member] {
    [("type", .names(types))] + (isEmpty ? [] : [("minLength", .whole(1))]) + [
      ("pattern", .text(pattern))
    ]
  }
}
