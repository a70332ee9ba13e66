internal import CLibPQ
internal import Core

/// How the values of a result are written.
package enum RowFormat: Sendable {
  case binary
  /// As `psql` shows them, which serves where nothing is known of the types.
  case text
}

/// What is sent in one go.
enum Statement: Sendable {
  case single(String, WireParameters, RowFormat)
  /// Has the server parse a statement, with these types of its parameters, and keep it under a name.
  case preparation(String, name: String, types: [UInt32])
  /// Both in one go: to be parsed and kept under a name, and run under it.
  case preparing(String, name: String, WireParameters, RowFormat)
  /// A statement that was prepared under this name.
  case prepared(String, WireParameters, RowFormat)
  /// Several statements without parameters, of whose results the last one counts.
  case script(String)
  /// Statements that make one transaction, sent without waiting between them; the last one's rows
  /// count.
  case pipeline([ReadQuery])
}

extension Session {
  /// Sends a statement and waits for all of its results.
  ///
  /// On a timeout or a cancellation the server is asked to stop, and the connection is used on only
  /// if the server did.
  func run(
    _ statement: Statement, until deadline: Deadline, isCancellable: Bool = true
  ) throws(PostgresFault) -> Rows {
    if isCancellable, Task.isCancelled { throw .cancelled }
    let connection = unsafe try connection()
    var reception = Reception()
    do throws(Stop) {
      unsafe try send(statement, over: connection)
      unsafe try receive(
        into: &reception, over: connection, until: deadline, isCancellable: isCancellable)
    } catch {
      switch error {
      case .fault(let fault): throw fault
      case .lost(let reason):
        close(because: reason)
        throw .connectionLost(reason: reason)
      case .interrupted(let interruption):
        let hasEnded = unsafe stop(connection, receiving: &reception)
        if interruption == .deadline, hasEnded, reception.fault == nil { break }
        throw PostgresFault(interruption, of: .executing, deadline)
      case .copy:
        close(because: "a statement copied from or to the client")
        throw .copyNotSupported
      case .tooLarge:
        _ = unsafe stop(connection, receiving: &reception)
        throw .resultTooLarge(limit: Limit.replyBytes)
      }
    }
    return try outcome(of: reception)
  }

  /// The rows or the fault of what was received in full.
  private func outcome(of reception: Reception) throws(PostgresFault) -> Rows {
    if case .server(let error)? = reception.fault, error.endsConnection {
      close(because: error.summary)
      throw .connectionLost(reason: error.summary)
    }
    if let fault = reception.fault { throw fault }
    return Rows(
      commandTag: reception.commandTag, affectedRows: reception.affectedRows,
      table: reception.table)
  }

  private func send(_ statement: Statement, over connection: OpaquePointer) throws(Stop) {
    let status: Int32
    switch statement {
    case .pipeline(let statements):
      status = unsafe try sendPipeline(statements, over: connection)
    case .script(let sql):
      guard !sql.utf8.contains(0) else { throw .fault(.nulInStatement) }
      status = unsafe PQsendQuery(connection, sql)
    case .single(let sql, let values, let format):
      guard !sql.utf8.contains(0) else { throw .fault(.nulInStatement) }
      status = unsafe send(sql, values, format, over: connection)
    case .preparation(let sql, let name, let types):
      status = unsafe PQsendPrepare(connection, name, sql, Int32(types.count), types)
    case .preparing(let sql, let name, let values, let format):
      status = unsafe sendPreparing(sql, name: name, values, format, over: connection)
    case .prepared(let name, let values, let format):
      status = unsafe send(name, isPrepared: true, values, format, over: connection)
    }
    guard status == 1 else {
      throw .lost(ServerError.oneLine(unsafe Session.errorText(of: connection)))
    }
    switch statement {
    case .pipeline: break
    case .preparing(_, let name, _, _): prepared?.keep(name)
    case .preparation(_, let name, _):
      prepared?.keep(name)
      unsafe PQsetSingleRowMode(connection)
    case .single, .prepared, .script: unsafe PQsetSingleRowMode(connection)
    }
  }

  /// Sends a statement to be prepared and run as one transaction, which a pooler gives one session.
  private func sendPreparing(
    _ sql: String, name: String, _ values: WireParameters, _ format: RowFormat,
    over connection: OpaquePointer
  ) -> Int32 {
    guard unsafe PQenterPipelineMode(connection) == 1,
      unsafe PQsendPrepare(connection, name, sql, Int32(values.types.count), values.types) == 1,
      unsafe send(name, isPrepared: true, values, format, over: connection) == 1
    else { return 0 }
    return unsafe PQpipelineSync(connection)
  }

  /// Sends a statement, or the name of a prepared one, with its values.
  func send(
    _ text: String, isPrepared: Bool = false, _ values: WireParameters, _ format: RowFormat,
    over connection: OpaquePointer
  ) -> Int32 {
    precondition(values.types.count <= 65_535, "the protocol counts parameters in two bytes")
    let types = values.types.map { Oid($0) }
    let (count, answer): (Int32, Int32) = (Int32(types.count), format == .binary ? 1 : 0)
    // libpq copies them before it returns.
    return unsafe values.bytes.withUnsafeBytes { bytes in
      let starts = unsafe values.places.map { place in
        unsafe place.flatMap { unsafe bytes.baseAddress?.advanced(by: $0) }
          .map { unsafe $0.assumingMemoryBound(to: CChar.self) }
      }
      return isPrepared
        ? unsafe PQsendQueryPrepared(
          connection, text, count, starts, values.lengths, values.formats, answer)
        : unsafe PQsendQueryParams(
          connection, text, count, types, starts, values.lengths, values.formats, answer)
    }
  }

  /// Receives until the server is ready for the next statement.
  func receive(
    into reception: inout Reception, over connection: OpaquePointer, until deadline: Deadline,
    isCancellable: Bool
  ) throws(Stop) {
    while true {
      let unsent = unsafe PQflush(connection)
      guard unsent >= 0 else { throw unsafe lost(connection, &reception) }
      while unsafe PQisBusy(connection) == 0 {
        guard let result = unsafe PQgetResult(connection) else {
          // In a pipeline this is the end of one statement, and the next one's results follow.
          if unsafe PQpipelineStatus(connection) == PQ_PIPELINE_OFF { return }
          continue
        }
        defer { unsafe PQclear(result) }
        if unsafe PQresultStatus(result) == PGRES_PIPELINE_SYNC {
          unsafe PQexitPipelineMode(connection)
          return
        }
        unsafe reception.take(result)
        if reception.isCopy { throw .copy }
        guard reception.table.byteCount <= Limit.replyBytes || reception.isDiscarding else {
          throw .tooLarge
        }
      }
      let ready: Readiness
      do throws(Interruption) {
        ready = try wait(
          for: unsent == 1 ? [.reading, .writing] : .reading,
          on: unsafe Session.socket(of: connection), or: wakeUp, until: deadline,
          isCancellable: isCancellable)
      } catch {
        throw .interrupted(error)
      }
      if ready.contains(.reading), unsafe PQconsumeInput(connection) == 0 {
        throw unsafe lost(connection, &reception)
      }
    }
  }

  /// The reason for a loss: the server's parting words where it left any.
  private func lost(_ connection: OpaquePointer, _ reception: inout Reception) -> Stop {
    let text = unsafe Session.errorText(of: connection)
    while unsafe PQisBusy(connection) == 0, let result = unsafe PQgetResult(connection) {
      unsafe reception.take(result)
      unsafe PQclear(result)
    }
    if case .server(let error)? = reception.fault { return .lost(error.summary) }
    return .lost(ServerError.oneLine(text))
  }
}

/// Why receiving ended early.
enum Stop: Error {
  case fault(PostgresFault)
  case lost(String)
  case interrupted(Interruption)
  case copy
  case tooLarge
}
