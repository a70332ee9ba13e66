/// One named value of the language, declared once for reading, the schema and the reference page.
package struct Field: Sendable, Equatable {
  package let name: String
  package let shape: Shape
  /// Whether the value must be given.
  ///
  /// A required service need not be named where the checklist has just one of its kind.
  package let isRequired: Bool
  /// One sentence on what the value means.
  package let summary: String
  /// A value as somebody would write it.
  package let example: String?
  /// What holds where nothing is written; for a list its items, separated by `, `, and for a record
  /// `{}`, its own fields' defaults.
  package let defaultText: String?

  package init(
    _ name: String, _ shape: Shape, _ summary: String, isRequired: Bool = false,
    example: String? = nil, defaultText: String? = nil
  ) {
    self.name = name
    self.shape = shape
    self.summary = summary
    self.isRequired = isRequired
    self.example = example
    self.defaultText = defaultText
  }

  /// Whether the value must not be shown.
  package var isSecret: Bool { shape.isSecret }
}
