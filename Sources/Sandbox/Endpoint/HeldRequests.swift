internal import Synchronization

/// Requests that wait until somebody lets them go.
final class HeldRequests: Sendable {
  /// In the order in which they came.
  private let waits = Mutex<[Task<Void, any Error>]>([])

  /// Returns when this request is let go; throws where its task is cancelled.
  func wait() async throws {
    let wait = Task { try await Task.sleep(for: .seconds(86_400)) }
    waits.withLock { $0.append(wait) }
    await withTaskCancellationHandler {
      _ = await wait.result
    } onCancel: {
      wait.cancel()
    }
    waits.withLock { $0.removeAll { $0 == wait } }
    try Task.checkCancellation()
  }

  func letGo(_ count: Int?) {
    let waits = waits.withLock { waits in
      let all = waits
      waits = Array(all.dropFirst(count ?? all.count))
      return all.prefix(count ?? all.count)
    }
    for wait in waits { wait.cancel() }
  }
}
