internal import Core
internal import Postgres

/// What a function gives back, as a person writes it behind `returns`.
enum ReturnType: Sendable, Equatable {
  case single(String)
  case setOf(String)
  case table([FunctionSignature.Argument])

  init(_ text: String) throws(FunctionSignature.Fault) {
    let text = text.trimmed
    let lowered = text.lowercased()
    if lowered.hasPrefix("setof ") {
      self = .setOf(text.dropFirst("setof ".count).trimmed)
    } else if lowered.hasPrefix("table"), let open = text.firstIndex(of: "(") {
      guard text.hasSuffix(")") else { throw .unbalanced }
      self = .table(
        try FunctionSignature.arguments(of: String(text[text.index(after: open)...].dropLast())))
    } else {
      self = .single(text)
    }
  }

  /// The types in it, in order.
  var types: [String] {
    switch self {
    case .single(let type), .setOf(let type): [type]
    case .table(let columns): columns.map(\.type)
    }
  }

  /// As SQL writes it.
  var sql: String {
    switch self {
    case .single(let type): type
    case .setOf(let type): "setof \(type)"
    case .table(let columns):
      "table (" + columns.map { "\(SQLText.name($0.name)) \($0.type)" }.joined(separator: ", ")
        + ")"
    }
  }
}
