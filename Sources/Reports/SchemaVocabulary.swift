internal import Core

// What the schema of a report is put together from.
extension ReportSchema {
  /// A mapping that holds all of these and nothing else.
  static func record(
    _ title: String, _ summary: String, _ properties: [JSONDocument.Member]
  ) -> [JSONDocument.Member] {
    [("title", .text(title)), ("description", .text(summary))] + type("object") + [
      ("required", .list(properties.map { .text($0.key) })),
      ("additionalProperties", .flag(false)),
      ("properties", .object(properties)),
    ]
  }

  static func type(_ name: String) -> [JSONDocument.Member] { [("type", .text(name))] }

  static func value(_ summary: String, _ members: [JSONDocument.Member]) -> JSONDocument {
    .object([("description", .text(summary))] + members)
  }

  static func text(_ summary: String, example: String?) -> JSONDocument {
    value(summary, type("string") + (example.map { [("examples", .list([.text($0)]))] } ?? []))
  }

  static func textOrNull(_ summary: String) -> JSONDocument {
    value(summary, [("type", .list([.text("string"), .text("null")]))])
  }

  static func word(_ summary: String, _ words: [String]) -> JSONDocument {
    value(summary, [("enum", .list(words.map { .text($0) }))])
  }

  static func count(_ summary: String) -> JSONDocument {
    value(summary, type("integer") + [("minimum", .whole(0))])
  }

  static func list(_ summary: String, _ item: JSONDocument) -> JSONDocument {
    value(summary, type("array") + [("items", item)])
  }

  static func orNull(_ schema: JSONDocument) -> JSONDocument {
    .object([("oneOf", .list([schema, .object(type("null"))]))])
  }
}
