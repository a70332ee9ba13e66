internal import CLibPQ

/// What another session sent by `notify`.
package struct Notification: Sendable, Equatable {
  package let channel: String
  package let payload: String

  package init(channel: String, payload: String) {
    self.channel = channel
    self.payload = payload
  }
}

extension Connection {
  /// What has come in since the last call on the channels that this connection listens to.
  ///
  /// A server hands over what is waiting before it is ready for the next statement, so that one is
  /// run first. What `listen` asks for is kept by the server's session, which a pooler may exchange.
  ///
  /// - Parameter timeout: For the statement.
  /// - Returns: In the order of their commits.
  /// - Throws: What the server, the network or the clock had against it.
  package func notifications(timeout: Duration) async throws(PostgresFault) -> [Notification] {
    _ = try await query("select 1", timeout: timeout)
    return await session.takeNotifications()
  }
}

extension Session {
  func takeNotifications() -> [Notification] {
    guard let connection = try? unsafe connection() else { return [] }
    var taken: [Notification] = []
    while let notification = unsafe PQnotifies(connection) {
      unsafe taken.append(
        Notification(
          channel: String(cString: notification.pointee.relname),
          payload: String(cString: notification.pointee.extra)))
      unsafe PQfreemem(notification)
    }
    return taken
  }
}
