internal import Checklist

/// What there is to say of settings.
enum FieldWords {
  /// An entry for each field, and behind a record those of its own fields.
  static func entries(of fields: [Field], under path: String = "") -> [Block.Entry] {
    fields.flatMap { field in
      [Block.Entry(term: path + field.name, text: words(of: field), nature: .name)]
        + entries(of: field.shape.innerFields, under: path + field.name + ".")
    }
  }

  private static func words(of field: Field) -> String {
    return [
      field.summary,
      "Takes " + field.shape.expectation
        + (field.isRequired
          ? "; required" : field.defaultText.map { "; `\($0)` unless given" } ?? "")
        + ".",
      field.example.flatMap { example in
        // Of several lines the whole example shows more.
        example == field.defaultText || example.contains("\n") ? nil : "For example `\(example)`."
      },
    ].compactMap(\.self).joined(separator: " ")
  }
}

extension Shape {
  /// The fields of the record that a value is, or is a list of.
  fileprivate var innerFields: [Field] {
    switch self {
    case .record(let fields): fields
    case .list(let item, _), .oneOrMany(let item), .map(let item): item.innerFields
    default: []
    }
  }
}
