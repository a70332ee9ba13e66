/// One statement that reads, together with the values of its placeholders.
package struct ReadQuery: Sendable, Equatable {
  /// With `$1`, `$2`, … for the parameters.
  package let sql: String
  /// At most 65,535.
  package let parameters: [Parameter]
  /// How the values of the rows come.
  package let format: RowFormat

  package init(_ sql: String, _ parameters: [Parameter] = [], rows format: RowFormat = .binary) {
    self.sql = sql
    self.parameters = parameters
    self.format = format
  }
}

extension Parameter {
  /// The value as SQL writes it, for people; of long vectors only that they are vectors.
  package var sqlText: String {
    func array(_ items: [String], of type: String) -> String {
      "array[\(items.joined(separator: ", "))]::\(type)[]"
    }
    return switch self {
    case .null: "null"
    case .text(let text), .literal(let text): SQLText.literal(text)
    case .bool(let flag): flag ? "true" : "false"
    case .int2(let number): String(number)
    case .int4(let number): String(number)
    case .int8(let number): String(number)
    case .float8(let number): "'\(number)'::float8"
    case .bytes(let bytes): "a bytea of \(bytes.count) bytes"
    case .textArray(let texts):
      array(texts.map { $0.map(SQLText.literal) ?? "null" }, of: "text")
    case .int4Array(let numbers): array(numbers.map(String.init), of: "int4")
    case .int8Array(let numbers): array(numbers.map(String.init), of: "int8")
    case .float8Array(let numbers): array(numbers.map { String($0) }, of: "float8")
    case .vector(let vector, _): "a vector of \(vector.count) numbers"
    case .vectors(let vectors, _, _): "an array of \(vectors.count) vectors"
    }
  }
}
