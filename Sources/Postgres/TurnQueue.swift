internal import Dispatch
internal import Synchronization

/// Gives each of a few connections to one user at a time, in the order of asking.
///
/// An actor alone does not do: a transaction keeps the connection across its body's suspensions.
final class TurnQueue: Sendable {
  private enum Answer {
    case granted
    case interrupted(Interruption)
  }

  private struct State {
    /// How many turns nobody has: that of the one connection, to begin with.
    var free = 1
    var nextTicket = 0
    var waiting: [(ticket: Int, answer: CheckedContinuation<Answer, Never>)] = []
    /// Tickets given up before they stood in line, as by a task that was cancelled already.
    var givenUp: [Int: Interruption] = [:]
  }

  private let state = Mutex(State())

  /// Waits for the turn; whoever has it ends it with `pass`.
  func take(until deadline: Deadline) async throws(Interruption) {
    let ticket = state.withLock { state -> Int? in
      guard state.free == 0 else {
        state.free -= 1
        return nil
      }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return }
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enter(ticket, continuation, until: deadline)
      }
    } onCancel: {
      giveUp(ticket, because: .cancelled)
    }
    state.withLock { state in
      _ = state.givenUp.removeValue(forKey: ticket)
    }
    if case .interrupted(let interruption) = answer { throw interruption }
  }

  /// Hands the turn to the next in line.
  func pass() {
    let next = state.withLock { state -> CheckedContinuation<Answer, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().answer
    }
    next?.resume(returning: .granted)
  }

  private func enter(
    _ ticket: Int, _ answer: CheckedContinuation<Answer, Never>, until deadline: Deadline
  ) {
    let immediate = state.withLock { state -> Answer? in
      if let interruption = state.givenUp[ticket] { return .interrupted(interruption) }
      guard state.free == 0 else {
        state.free -= 1
        return .granted
      }
      state.waiting.append((ticket, answer))
      return nil
    }
    if let immediate { return answer.resume(returning: immediate) }
    let nanoseconds = min(deadline.remaining / .nanoseconds(1), 1e18)
    DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) {
      [weak self] in
      self?.leave(ticket, because: .deadline)
    }
  }

  private func giveUp(_ ticket: Int, because interruption: Interruption) {
    state.withLock { state in state.givenUp[ticket] = interruption }
    leave(ticket, because: interruption)
  }

  private func leave(_ ticket: Int, because interruption: Interruption) {
    let answer = state.withLock { state -> CheckedContinuation<Answer, Never>? in
      guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      return state.waiting.remove(at: place).answer
    }
    answer?.resume(returning: .interrupted(interruption))
  }
}
