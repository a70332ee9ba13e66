/// How two vectors are compared, in the language's words.
///
/// The names of the operators and of the operator classes are those of pgvector's README.
enum VectorMetric: String, Sendable, CaseIterable {
  case cosine
  case l2
  case innerProduct = "inner_product"
  case l1

  /// The operator by which a search orders.
  var sign: String {
    switch self {
    case .cosine: "<=>"
    case .l2: "<->"
    case .innerProduct: "<#>"
    case .l1: "<+>"
    }
  }

  /// The operator class by which an index serves that operator, for a type of pgvector's.
  func operatorClass(of type: String) -> String {
    let name =
      switch self {
      case .cosine: "cosine"
      case .l2: "l2"
      case .innerProduct: "ip"
      case .l1: "l1"
      }
    return "\(type)_\(name)_ops"
  }

  /// The metric of an operator class; nil for those of bits.
  init?(operatorClass: String) {
    let types = ["vector", "halfvec", "sparsevec"]
    guard
      let metric = VectorMetric.allCases.first(where: { metric in
        types.contains { metric.operatorClass(of: $0) == operatorClass }
      })
    else { return nil }
    self = metric
  }

  /// Those whose operators stand in a function's body, its comments left out.
  static func used(in body: String) -> [VectorMetric] {
    let code = body.replacing(/--[^\n]*/, with: " ").replacing(/\/\*(?:.|\n)*?\*\//, with: " ")
    return allCases.filter { code.contains($0.sign) }
  }
}
