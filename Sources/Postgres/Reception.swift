internal import CLibPQ

/// What has been received of a statement's results so far.
struct Reception {
  private(set) var table = ResultTable()
  private(set) var commandTag = ""
  private(set) var affectedRows = 0
  private(set) var fault: PostgresFault?
  private(set) var isCopy = false
  /// Whether rows are dropped as they come, as those of a statement that was given up are.
  var isDiscarding = false {
    didSet { table = ResultTable() }
  }
  private var isInsideResult = false

  /// Takes over what a result holds: one row of several, an end, or an error.
  mutating func take(_ result: OpaquePointer) {
    switch unsafe PQresultStatus(result) {
    case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
      if !isInsideResult { unsafe begin(result) }
      unsafe appendRows(of: result)
      isInsideResult = unsafe PQresultStatus(result) == PGRES_SINGLE_TUPLE
      if !isInsideResult { unsafe end(result) }
    // An empty statement has no tag, and must not be taken for the one before it.
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      table = ResultTable()
      unsafe end(result)
    // What follows a fault in a pipeline is left out by the server.
    case PGRES_PIPELINE_ABORTED: break
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      isCopy = true
    default:
      isInsideResult = false
      let words = unsafe PQresultErrorMessage(result).map { unsafe String(cString: $0) } ?? ""
      let error = unsafe ServerError(of: result)
      fault =
        fault ?? error.map { .server($0) } ?? .connectionLost(reason: ServerError.oneLine(words))
    }
  }

  private mutating func begin(_ result: OpaquePointer) {
    table = ResultTable()
    for column in 0..<(unsafe PQnfields(result)) {
      let name = unsafe PQfname(result, column).map { unsafe String(cString: $0) } ?? ""
      table.columns.append(
        ResultTable.Column(
          name: name, type: ColumnType(oid: unsafe PQftype(result, column)),
          isBinary: unsafe PQfformat(result, column) == 1))
    }
  }

  private mutating func appendRows(of result: OpaquePointer) {
    guard !isDiscarding else { return }
    for row in 0..<(unsafe PQntuples(result)) {
      for column in 0..<Int32(table.columns.count) {
        if unsafe PQgetisnull(result, row, column) == 1 {
          unsafe table.append(value: nil)
        } else {
          let length = Int(unsafe PQgetlength(result, row, column))
          unsafe table.append(
            value: UnsafeRawBufferPointer(
              start: PQgetvalue(result, row, column), count: length))
        }
      }
      table.endRow()
    }
  }

  private mutating func end(_ result: OpaquePointer) {
    commandTag = unsafe PQcmdStatus(result).map { unsafe String(cString: $0) } ?? ""
    let count = unsafe PQcmdTuples(result).map { unsafe String(cString: $0) } ?? ""
    affectedRows = Int(count) ?? 0
  }
}
