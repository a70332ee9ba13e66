/// An operation was still under way when its time was up.
package struct DeadlineExceeded: Error, Sendable, Equatable {
  package let limit: Duration

  package init(limit: Duration) {
    self.limit = limit
  }
}

/// Runs an operation for at most `limit`; when the time is up the operation is cancelled.
///
/// The operation must answer to cancellation: the call returns when the operation has ended.
///
/// - Throws: `DeadlineExceeded` when the time was up first, or what the operation threw.
package func withDeadline<Value: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await ContinuousClock().sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else {
      throw DeadlineExceeded(limit: limit)
    }
    return value
  }
}
