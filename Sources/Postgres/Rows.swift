/// The rows of a result, kept apart from the connection that they came over.
package struct Rows: Sendable, RandomAccessCollection {
  /// What was done and to how many rows, such as `INSERT 0 3`.
  package let commandTag: String
  /// Rows that the statement inserted, changed, deleted or selected.
  package let affectedRows: Int
  let table: ResultTable

  package var columns: [String] { table.columns.map(\.name) }
  /// The columns' types, by the names of those that are built in.
  package var columnTypes: [String] { table.columns.map(\.type.description) }
  /// Whether the statement was one that answers with rows, be they none; no statement at all is not.
  package var isAnswer: Bool { !columns.isEmpty || commandTag.hasPrefix("SELECT ") }
  package var startIndex: Int { 0 }
  package var endIndex: Int { table.rowCount }

  package subscript(position: Int) -> Row {
    precondition(indices.contains(position), "a row past the end of a result was asked for")
    return Row(table: table, index: position)
  }
}

/// The values of all rows, one behind the other.
struct ResultTable: Sendable {
  struct Column: Sendable {
    let name: String
    let type: ColumnType
    let isBinary: Bool
  }

  var columns: [Column] = []
  private(set) var rowCount = 0
  private(set) var bytes: [UInt8] = []
  /// Where each value ends in `bytes`, row by row; the complement of it for a null.
  private var ends: [Int] = []

  mutating func append(value: UnsafeRawBufferPointer?) {
    if let value = unsafe value {
      unsafe bytes.append(contentsOf: value)
      ends.append(bytes.count)
    } else {
      ends.append(~bytes.count)
    }
  }

  /// What the rows take, counting for each value where it ends.
  var byteCount: Int { bytes.count + ends.count * MemoryLayout<Int>.size }

  mutating func endRow() {
    rowCount += 1
  }

  /// The bytes of a value, or nil for null.
  func value(row: Int, column: Int) -> ArraySlice<UInt8>? {
    let index = row * columns.count + column
    let end = ends[index]
    guard end >= 0 else { return nil }
    guard index > 0 else { return bytes[..<end] }
    let start = ends[index - 1]
    return bytes[(start >= 0 ? start : ~start)..<end]
  }
}
