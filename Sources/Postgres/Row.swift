package import Core

/// One row of a result; a value is asked for by its column's name or place, and by its type.
package struct Row: Sendable {
  let table: ResultTable
  let index: Int

  /// A column of a result, by name or by place from 0.
  package enum Column: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
  {
    case named(String)
    case at(Int)

    package init(stringLiteral name: String) { self = .named(name) }
    package init(integerLiteral place: Int) { self = .at(place) }
  }

  /// Whether a value is null.
  package func isNull(_ column: Column) throws(PostgresFault) -> Bool {
    try cell(column).bytes == nil
  }

  /// A text, a name, JSON, a UUID, an enum's label; any type in a result that was asked for as text.
  package func text(_ column: Column) throws(PostgresFault) -> String {
    try required(optionalText(column), column)
  }

  package func optionalText(_ column: Column) throws(PostgresFault) -> String? {
    try decoded(column) { $0.text }
  }

  /// An integer of any width, an object identifier, or a numeric without decimals.
  package func int(_ column: Column) throws(PostgresFault) -> Int {
    try required(optionalInt(column), column)
  }

  package func optionalInt(_ column: Column) throws(PostgresFault) -> Int? {
    try decoded(column) { $0.integer }
  }

  /// A number of any type.
  package func double(_ column: Column) throws(PostgresFault) -> Double {
    try required(optionalDouble(column), column)
  }

  package func optionalDouble(_ column: Column) throws(PostgresFault) -> Double? {
    try decoded(column) { $0.double }
  }

  /// A truth value.
  package func bool(_ column: Column) throws(PostgresFault) -> Bool {
    try required(optionalBool(column), column)
  }

  package func optionalBool(_ column: Column) throws(PostgresFault) -> Bool? {
    try decoded(column) { $0.flag }
  }

  /// The elements of an array of texts, names or enums; a null element is not accepted.
  package func texts(_ column: Column) throws(PostgresFault) -> [String] {
    try required(optionalTexts(column), column)
  }

  package func optionalTexts(_ column: Column) throws(PostgresFault) -> [String]? {
    try decoded(column) { $0.texts }
  }

  /// The elements of an array of integers or object identifiers; a null element is not accepted.
  package func ints(_ column: Column) throws(PostgresFault) -> [Int] {
    try required(optionalInts(column), column)
  }

  package func optionalInts(_ column: Column) throws(PostgresFault) -> [Int]? {
    try decoded(column) { $0.integers }
  }

  /// The bytes of a `bytea`, or of a `text` as the server sent them.
  package func bytes(_ column: Column) throws(PostgresFault) -> [UInt8] {
    try required(optionalBytes(column), column)
  }

  package func optionalBytes(_ column: Column) throws(PostgresFault) -> [UInt8]? {
    try decoded(column) {
      ($0.type == .bytea || $0.type == .text) && $0.isBinary ? Array($0.bytes) : nil
    }
  }

  /// The elements of an array as the server sent them, nil for each that is null.
  package func elements(_ column: Column) throws(PostgresFault) -> [ArraySlice<UInt8>?] {
    try required(
      decoded(column) { $0.isBinary ? WireReader.elements(of: $0.bytes)?.values : nil }, column)
  }

  /// A moment, from `timestamptz`, or from a `timestamp` taken as Universal Time; to the millisecond.
  package func timestamp(_ column: Column) throws(PostgresFault) -> Timestamp {
    try required(optionalTimestamp(column), column)
  }

  package func optionalTimestamp(_ column: Column) throws(PostgresFault) -> Timestamp? {
    try decoded(column) { $0.timestamp }
  }

  /// A `vector` of pgvector's, or a `halfvec`, whose numbers become wider and stay what they are.
  package func vector(_ column: Column) throws(PostgresFault) -> [Float] {
    try required(optionalVector(column), column)
  }

  package func optionalVector(_ column: Column) throws(PostgresFault) -> [Float]? {
    try decoded(column) { $0.isBinary ? VectorFormat.vector(of: $0.bytes) : nil }
  }

  private func cell(
    _ column: Column
  ) throws(PostgresFault) -> (column: ResultTable.Column, bytes: ArraySlice<UInt8>?) {
    let place =
      switch column {
      case .named(let name): table.columns.firstIndex { $0.name == name }
      case .at(let place): table.columns.indices.contains(place) ? place : nil
      }
    guard let place else { throw .columnMissing(name(of: column)) }
    return (table.columns[place], table.value(row: index, column: place))
  }

  private func decoded<Value>(
    _ column: Column, _ decode: (WireValue) -> Value?
  ) throws(PostgresFault) -> Value? {
    let (declared, bytes) = try cell(column)
    guard let bytes else { return nil }
    let wire = WireValue(type: declared.type, isBinary: declared.isBinary, bytes: bytes)
    guard let value = decode(wire) else {
      throw .undecodable(column: declared.name, type: declared.type.description)
    }
    return value
  }

  private func required<Value>(
    _ value: Value?, _ column: Column
  ) throws(PostgresFault) -> Value {
    guard let value else { throw .unexpectedNull(column: name(of: column)) }
    return value
  }

  private func name(of column: Column) -> String {
    switch column {
    case .named(let name): name
    case .at(let place):
      table.columns.indices.contains(place) ? table.columns[place].name : "\(place + 1)"
    }
  }
}
