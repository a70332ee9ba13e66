import Core
import Gate
import Testing

@Suite("A check that is waited for", .timeLimit(.minutes(1)))
struct WaitingTests {
  private static func check(
    waitFor: Duration, timeout: Duration = .seconds(20),
    _ run: @escaping @Sendable (Int) async -> Finding
  ) -> PlannedCheck {
    PlannedCheck(
      identity: PlannedCheck.answering("a", .broken).identity, timeout: timeout, waitFor: waitFor,
      run: run)
  }

  @Test("is asked again until it passes, and says how often that was")
  func passes() async {
    let verdict = await Gate().carryOut(
      Plan([Self.check(waitFor: .seconds(60)) { $0 < 3 ? .broken : .pass("attempt \($0)") }]))
    #expect(verdict.outcomes.map(\.finding) == [.pass("attempt 3")])
    #expect(verdict.outcomes.map(\.attempts) == [3])
    #expect(verdict.decision == .go)
  }

  @Test("is given up with its last answer when the time is over")
  func givenUp() async {
    let verdict = await Gate().carryOut(
      Plan([
        Self.check(waitFor: .milliseconds(300)) { attempt in
          attempt == 1 ? .cannotTell("no answer") : .broken
        }
      ]))
    #expect(verdict.outcomes.map(\.finding) == [.broken])
    #expect(verdict.outcomes.allSatisfy { $0.attempts > 1 })
    #expect(verdict.decision == .noGo)
  }

  @Test("is asked just once where it passes at once, or where nothing is said of waiting")
  func once() async {
    let verdict = await Gate().carryOut(
      Plan([Self.check(waitFor: .seconds(60)) { _ in .pass("p") }, .answering("b", .broken)]))
    #expect(verdict.outcomes.map(\.attempts) == [1, 1])
  }

  @Test("has its timeout for each time that it is asked")
  func timeouts() async {
    let verdict = await Gate().carryOut(
      Plan([
        Self.check(waitFor: .seconds(60), timeout: .milliseconds(50)) { attempt in
          if attempt < 3 { await untilCancelled() }
          return .pass("attempt \(attempt)")
        }
      ]))
    #expect(verdict.outcomes.map(\.finding) == [.pass("attempt 3")])
  }

  @Test("is not waited for past the deadline of the whole run")
  func deadline() async {
    let verdict = await Gate(deadline: .milliseconds(300)).carryOut(
      Plan([Self.check(waitFor: .seconds(3_600)) { _ in .broken }]))
    #expect(verdict.outcomes.map(\.finding.status) != [.pass])
    #expect(verdict.decision != .go)
  }

  @Test("is not asked again once the run was cancelled")
  func cancelled() async {
    let meeting = Meeting(of: 2)
    let run = Task {
      await Gate().carryOut(
        Plan([
          Self.check(waitFor: .seconds(3_600)) { attempt in
            if attempt == 1 { await meeting.join() }
            return .broken
          }
        ]))
    }
    await meeting.join()
    run.cancel()
    let verdict = await run.value
    #expect(verdict.outcomes.map(\.finding) == [.cannotTell("interrupted before it had an answer")])
  }
}
