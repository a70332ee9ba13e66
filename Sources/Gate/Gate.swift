internal import Core

/// Something that happened at the gate, for whoever watches.
package enum GateEvent: Sendable {
  case started(CheckIdentity)
  case finished(Outcome)
}

/// Carries out a plan: all checks side by side, each after what it waits for and under its own
/// deadline, so that no fault hides another.
package struct Gate: Sendable {
  private let deadline: Duration?
  private let watch: @Sendable (GateEvent) -> Void

  /// A gate that gives up on whatever is unfinished after `deadline`.
  package init(
    deadline: Duration? = nil, watch: @escaping @Sendable (GateEvent) -> Void = { _ in }
  ) {
    self.deadline = deadline
    self.watch = watch
  }

  /// Runs every check of the plan once and answers in the plan's order.
  ///
  /// Cancelling the task ends it early; what had not finished is then told as *could not tell*.
  package func carryOut(_ plan: Plan) async -> Verdict {
    let clock = ContinuousClock()
    let end = deadline.map { clock.now + $0 }
    var waiting = plan.checks
    let planned = Set(waiting.map(\.identity.id))
    var ended: [String: Outcome] = [:]
    await withTaskGroup(of: Outcome.self) { group in
      while ended.count < plan.checks.count {
        // Everything whose time has come is started before the next end is waited for.
        let ready = waiting.filter { check in
          (check.needs + check.follows).allSatisfy { ended[$0] != nil || !planned.contains($0) }
        }
        let started = Set(ready.map(\.identity.id))
        waiting.removeAll { started.contains($0.identity.id) }
        for check in ready {
          if let missing = check.needs.first(where: { ended[$0]?.finding.status != .pass }) {
            let outcome = Outcome(
              check: check.identity, finding: .skip(because: missing), duration: .zero, attempts: 0)
            group.addTask { outcome }
          } else {
            watch(.started(check.identity))
            group.addTask { await ask(check, before: end, on: clock) }
          }
        }
        guard let outcome = await group.next() else { break }
        ended[outcome.check.id] = outcome
        watch(.finished(outcome))
      }
    }
    return Verdict(
      plan.checks.compactMap { ended[$0.identity.id] }, planned: plan.checks.count,
      leftOut: plan.leftOut)
  }

  private func ask(
    _ check: PlannedCheck, before end: ContinuousClock.Instant?, on clock: ContinuousClock
  ) async -> Outcome {
    let start = clock.now
    var attempt = 1
    var pause = Gate.firstPause
    var finding = await once(check, attempt, before: end, on: clock)
    while finding.status != .pass, !Task.isCancelled {
      let left = min(start + check.waitFor, end ?? start + check.waitFor) - clock.now
      guard left > .zero, (try? await clock.sleep(for: min(pause, left))) != nil else { break }
      attempt += 1
      pause = min(pause * 2, Gate.longestPause)
      finding = await once(check, attempt, before: end, on: clock)
    }
    return Outcome(
      check: check.identity, finding: Task.isCancelled ? Gate.interrupted(finding) : finding,
      duration: start.duration(to: clock.now), attempts: attempt)
  }

  /// Between the first two times that a check is asked; then twice as long each time.
  private static let firstPause = Duration.milliseconds(200)
  private static let longestPause = Duration.seconds(5)

  private func once(
    _ check: PlannedCheck, _ attempt: Int, before end: ContinuousClock.Instant?,
    on clock: ContinuousClock
  ) async -> Finding {
    let left = end.map { clock.now.duration(to: $0) }
    let limit = max(.zero, min(check.timeout, left ?? check.timeout))
    do {
      return try await withDeadline(limit) { await check.run(attempt) }
    } catch is DeadlineExceeded {
      let isLast = limit < check.timeout
      let text = (isLast ? deadline ?? limit : limit).text
      let name = isLast ? "the deadline of the whole run" : "its timeout"
      return .cannotTell(
        "no answer within \(text), \(name)", expected: "an answer within \(text)",
        observed: "none")
    } catch {
      return .cannotTell("interrupted before it had an answer")
    }
  }

  /// A check that was cut off may have misread its own cancellation as a fault of the other side.
  private static func interrupted(_ finding: Finding) -> Finding {
    finding.status == .pass ? finding : .cannotTell("interrupted before it had an answer")
  }
}
