internal import CLibPQ
internal import Core

/// Owns one libpq connection, and closes it once.
///
/// All of libpq's calls happen on the actor's lane, where waiting for the socket blocks nobody.
@safe actor Session {
  let wakeUp: WakeUp
  private let lane = Lane()
  private var handle: OpaquePointer?
  /// Why there is no connection any more.
  var endReason = "it was closed"
  /// The transaction under way, by the number of its `begin`.
  var transaction: Int?
  var transactionsBegun = 0
  /// Nil where the server is to keep nothing.
  var prepared: PreparedStatements?

  init() throws(PostgresFault) {
    wakeUp = try WakeUp()
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The session holds the lane for as long as it lives itself.
    unsafe lane.asUnownedSerialExecutor()
  }

  isolated deinit {
    if let handle = unsafe handle { unsafe PQfinish(handle) }
  }

  var isOpen: Bool { unsafe handle != nil }

  /// The connection, for the time of a call on the lane.
  func connection() throws(PostgresFault) -> OpaquePointer {
    guard let handle = unsafe handle else { throw .connectionLost(reason: endReason) }
    return unsafe handle
  }

  func adopt(_ connection: OpaquePointer) {
    precondition(unsafe handle == nil, "a session has one connection in its life")
    unsafe handle = unsafe connection
  }

  /// Ends the connection; what is under way on the server is rolled back.
  func close(because reason: String) {
    guard let open = unsafe handle else { return }
    unsafe PQfinish(open)
    unsafe handle = nil
    endReason = reason
    transaction = nil
  }

  /// The socket, which libpq may exchange for another while it connects.
  static func socket(of connection: OpaquePointer) -> Int32? {
    let socket = unsafe PQsocket(connection)
    return socket < 0 ? nil : socket
  }

  static func errorText(of connection: OpaquePointer) -> String {
    guard let text = unsafe PQerrorMessage(connection) else { return "" }
    return unsafe String(cString: text)
  }
}
