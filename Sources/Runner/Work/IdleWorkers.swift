internal import Synchronization

/// The workers of a process that wait because there is nothing to claim.
///
/// Each looks again after a while, since another process may give something back. The last one at work is
/// the first to find that all is done; the others need not sleep over it.
final class IdleWorkers: Sendable {
  private struct State {
    var isOver = false
    /// By the workers' slots.
    var naps: [Int: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Waits for so long, or until the run is over, or the task is cancelled.
  func wait(_ duration: Duration, inSlot slot: Int) async {
    let nap = state.withLock { state in
      let nap = Task { _ = try? await ContinuousClock().sleep(for: duration) }
      if state.isOver { nap.cancel() }
      state.naps[slot] = nap
      return nap
    }
    await withTaskCancellationHandler {
      await nap.value
    } onCancel: {
      nap.cancel()
    }
    state.withLock { state in state.naps[slot] = nil }
  }

  /// Wakes all, now and from now on: there will be nothing more to claim.
  func endAll() {
    let naps = state.withLock { state in
      state.isOver = true
      return state.naps.values.map(\.self)
    }
    for nap in naps { nap.cancel() }
  }
}
