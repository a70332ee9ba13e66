/// A function that searches by likeness: it takes a vector, and compares by one operator of pgvector's.
struct SearchFunction {
  let name: DatabaseFacts.Name
  /// As the language names what the operator compares by.
  let metric: String

  private static let metrics = [
    "<=>": "cosine", "<->": "l2", "<#>": "inner_product", "<+>": "l1",
  ]

  /// Nil where it does something else besides, or cannot be called by its name alone.
  private init?(_ function: DatabaseFacts.Function) {
    let used = SearchFunction.metrics.filter { function.body.contains($0.key) }
    guard used.count == 1, let metric = used.values.first, !function.isOverloaded,
      function.arguments.contains(where: \.isVector),
      !["insert", "update", "delete", "merge"].contains(where: function.names),
      YAMLText.canHold(function.name.sql)
    else { return nil }
    name = function.name
    self.metric = metric
  }

  /// The only one that names one of these tables; nil where there is none, or more than one.
  static func only(over tables: [DatabaseFacts.Table], in catalog: DatabaseFacts) -> SearchFunction?
  {
    let found = catalog.functions.filter { function in
      tables.contains { function.names($0.name.name) }
    }.compactMap(SearchFunction.init)
    return found.count == 1 ? found[0] : nil
  }
}
