import Checklist
import Core
import Gate
import Synchronization

extension PlannedCheck {
  /// A check that answers with a finding at once.
  static func answering(
    _ id: String, _ finding: Finding, needs: [String] = [], follows: [String] = [],
    severity: CheckSeverity = .block
  ) -> PlannedCheck {
    asking(id, needs: needs, follows: follows, severity: severity) { finding }
  }

  /// A check that asks as told.
  static func asking(
    _ id: String, needs: [String] = [], follows: [String] = [], severity: CheckSeverity = .block,
    timeout: Duration = .seconds(20), _ run: @escaping @Sendable () async -> Finding
  ) -> PlannedCheck {
    PlannedCheck(
      identity: CheckIdentity(
        id: id, kind: "test", title: nil, severity: severity,
        location: SourceLocation(file: "test.yaml", line: 1, column: 1)),
      needs: needs, follows: follows, timeout: timeout, run: { _ in await run() })
  }
}

extension Finding {
  static let broken = Finding.fail("broken", expected: "whole", observed: "broken", fix: "mend it")
}

extension Outcome {
  static func of(
    _ id: String, _ finding: Finding, severity: CheckSeverity = .block
  ) -> Outcome {
    Outcome(
      check: PlannedCheck.answering(id, finding, severity: severity).identity, finding: finding,
      duration: .zero, attempts: 1)
  }
}

/// Lets some tasks go on only once all of them have come.
final class Meeting: Sendable {
  private struct State {
    var missing: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(of count: Int) {
    state = Mutex(State(missing: count))
  }

  func join() async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        state.missing -= 1
        state.waiting.append(continuation)
        return state.missing == 0 ? state.waiting : []
      }
      for waiting in ready { waiting.resume() }
    }
  }
}

/// What happened, in order.
final class Record: Sendable {
  private let list = Mutex<[String]>([])

  var events: [String] { list.withLock { $0 } }

  func add(_ event: String) { list.withLock { $0.append(event) } }
}

/// Waits until its task is cancelled.
func untilCancelled() async {
  let (events, _) = AsyncStream<Never>.makeStream()
  for await _ in events {}
}
