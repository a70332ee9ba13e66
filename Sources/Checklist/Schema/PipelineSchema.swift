internal import Core

/// What the reader asks of a pipeline's targets beyond their fields.
enum PipelineSchema {
  /// A target is one of two: the source row, or a row of another table.
  static let target: [JSONDocument.Member] = [
    (
      "oneOf",
      .list([
        branch("update", title: "The source row", others: ["set"]),
        branch("upsert", title: "A row of another table", others: ["on_conflict", "set"]),
      ])
    )
  ]

  private static func branch(_ name: String, title: String, others: [String]) -> JSONDocument {
    let fields = PipelineFields.target.filter { ([name] + others).contains($0.name) }.map {
      Field($0.name, $0.shape, $0.summary, isRequired: true, example: $0.example)
    }
    return .record(fields, title: title, fillsVariables: true)
  }

  /// Some column of some target gets the vector.
  static let storesVector: JSONDocument.Member = (
    "contains",
    .object([
      ("required", .names(["set"])),
      (
        "properties",
        .object([
          (
            "set",
            // Not every column gets something else.
            .object([
              (
                "not",
                .object([
                  (
                    "additionalProperties",
                    .object([("not", .object(holdsVector))])
                  )
                ])
              )
            ])
          )
        ])
      ),
    ])
  )

  private static let holdsVector: [JSONDocument.Member] = [
    ("type", .text("string")), ("pattern", .text("\\$embedding")),
  ]
}
