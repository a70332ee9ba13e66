package import Core
internal import Synchronization

/// A few connections to one database, so that a statement that hangs holds up nobody but its own.
///
/// The first connection serves everybody who is quickly done. Another one is opened only for whoever
/// has stood in line for longer than opening the first one took.
package final class ConnectionPool: Sendable {
  /// How many connections there are at most.
  package static let size = 4
  /// The first connection's server.
  package let server: ServerFacts
  private let url: Secret
  /// How long one stands in line before another connection is opened.
  private let patience: Duration
  private let turns = TurnQueue()
  private let state: Mutex<State>

  private struct State {
    /// One for each free turn; nil where a connection was lost and has to be opened anew.
    var idle: [Connection?]
    var count = 1
    var isClosed = false
  }

  /// A pool that begins with one connection.
  ///
  /// - Parameters:
  ///   - first: An open one, which the pool closes.
  ///   - url: Where it leads, for those that follow.
  ///   - duration: How long it took to open, as others are taken to.
  package init(_ first: Connection, to url: Secret, openedIn duration: Duration) {
    server = first.server
    self.url = url
    patience = duration
    state = Mutex(State(idle: [first]))
  }

  /// Does something with a connection that nobody else uses meanwhile.
  ///
  /// - Parameters:
  ///   - timeout: For getting the connection.
  ///   - body: What to do; it must not keep the connection.
  /// - Returns: What the body returned.
  /// - Throws: What the body threw, or why there was no connection to be had.
  package func use<Value: Sendable>(
    within timeout: Duration, _ body: (Connection) async throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    let connection = try await take(until: Deadline(timeout))
    do throws(PostgresFault) {
      let value = try await body(connection)
      await giveBack(connection)
      return value
    } catch {
      await giveBack(connection)
      throw error
    }
  }

  /// Ends the connections; one that is in use ends when it is given back.
  package func close() async {
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle = state.idle.map { _ in nil } }
      return state.idle
    }
    for case let connection? in idle { await connection.close() }
  }

  private func take(until deadline: Deadline) async throws(PostgresFault) -> Connection {
    do throws(Interruption) {
      try await turns.take(until: deadline.atMost(patience))
    } catch {
      if error == .deadline, let connection = try await another(until: deadline) {
        return connection
      }
      try await queue(until: deadline)
    }
    guard let connection = state.withLock({ $0.idle.popLast() ?? nil }) else {
      return try await reopen(until: deadline)
    }
    return connection
  }

  private func queue(until deadline: Deadline) async throws(PostgresFault) {
    do throws(Interruption) {
      try await turns.take(until: deadline)
    } catch {
      throw PostgresFault(error, of: .waitingForConnection, deadline)
    }
  }

  /// One more connection, or nil where there are enough, or the server gives no more.
  private func another(until deadline: Deadline) async throws(PostgresFault) -> Connection? {
    let mayGrow = state.withLock { state in
      guard state.count < ConnectionPool.size else { return false }
      state.count += 1
      return true
    }
    guard mayGrow else { return nil }
    do throws(PostgresFault) {
      return try await open(until: deadline)
    } catch {
      state.withLock { $0.count -= 1 }
      if error == .cancelled { throw error }
      return nil
    }
  }

  private func reopen(until deadline: Deadline) async throws(PostgresFault) -> Connection {
    do throws(PostgresFault) {
      return try await open(until: deadline)
    } catch {
      leave(nil)
      throw error
    }
  }

  private func open(until deadline: Deadline) async throws(PostgresFault) -> Connection {
    guard !state.withLock({ $0.isClosed }) else { throw .connectionLost(reason: "it was closed") }
    return try await Connection.open(url, timeout: deadline.remaining)
  }

  private func giveBack(_ connection: Connection) async {
    if state.withLock({ $0.isClosed }) { await connection.close() }
    leave(await connection.isOpen ? connection : nil)
  }

  private func leave(_ connection: Connection?) {
    state.withLock { $0.idle.append(connection) }
    turns.pass()
  }
}
