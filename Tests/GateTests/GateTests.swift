import Core
import Gate
import Testing

@Suite(.timeLimit(.minutes(1))) struct GateTests {
  @Test("Checks run side by side, and are told in the plan's order")
  func sideBySide() async {
    let meeting = Meeting(of: 3)
    let checks = ["a", "b", "c"].map { id in
      PlannedCheck.asking(id) {
        await meeting.join()
        return .pass(id)
      }
    }
    let verdict = await Gate().carryOut(Plan(checks))
    #expect(verdict.outcomes.map(\.check.id) == ["a", "b", "c"])
    #expect(verdict.decision == .go)
  }

  @Test("A plan that leaves checks out gives a verdict on a part")
  func leftOut() async {
    let verdict = await Gate().carryOut(Plan([.answering("a", .pass("p"))], leftOut: 2))
    #expect(verdict.isPartial)
    #expect(verdict.leftOut == 2)
  }

  @Test("A check waits for what it follows, however that ends, and is asked all the same")
  func follows() async {
    let record = Record()
    let verdict = await Gate().carryOut(
      Plan([
        .asking("user", follows: ["service"]) {
          record.add("user")
          return .pass("asked")
        },
        .asking("service") {
          record.add("service")
          return .broken
        },
      ]))
    #expect(record.events == ["service", "user"])
    #expect(verdict.outcomes.map(\.finding) == [.pass("asked"), .broken])
  }

  @Test(
    "A check is not asked where one that it needs did not pass",
    arguments: [Finding.broken, .cannotTell("no answer"), .skip(because: "other")])
  func needs(_ first: Finding) async {
    let record = Record()
    let verdict = await Gate().carryOut(
      Plan([
        .answering("first", first),
        .asking("second", needs: ["first"]) {
          record.add("second")
          return .pass("asked")
        },
        .asking("third", needs: ["second"]) {
          record.add("third")
          return .pass("asked")
        },
      ]))
    #expect(record.events == [])
    #expect(
      verdict.outcomes.map(\.finding) == [
        first, .skip(because: "first"), .skip(because: "second"),
      ])
    #expect(verdict.outcomes.map(\.attempts) == [1, 0, 0])
  }

  @Test("A check that needs one which is not part of the plan is skipped, never passed")
  func absentNeed() async {
    let verdict = await Gate().carryOut(
      Plan([.answering("a", .pass("asked"), needs: ["elsewhere"])]))
    #expect(verdict.outcomes.map(\.finding) == [.skip(because: "elsewhere")])
    #expect(verdict.decision == .undecided)
  }

  @Test("A check that has no answer within its time cannot be told, and the others are")
  func timeout() async {
    let verdict = await Gate().carryOut(
      Plan([
        .asking("hangs", timeout: .milliseconds(50)) {
          await untilCancelled()
          return .pass("too late")
        },
        .answering("answers", .pass("asked")),
      ]))
    #expect(
      verdict.outcomes.map(\.finding) == [
        .cannotTell(
          "no answer within 50ms, its timeout", expected: "an answer within 50ms",
          observed: "none"),
        .pass("asked"),
      ])
    #expect(verdict.decision == .undecided)
  }

  @Test("The whole run has a deadline, which also meets what had not begun")
  func deadline() async throws {
    let verdict = await Gate(deadline: .milliseconds(50)).carryOut(
      Plan([
        .asking("hangs") {
          await untilCancelled()
          return .pass("too late")
        },
        .asking("later", follows: ["hangs"]) {
          await untilCancelled()
          return .pass("too late")
        },
      ]))
    #expect(verdict.outcomes.map(\.finding.status) == [.error, .error])
    for outcome in verdict.outcomes {
      #expect(outcome.finding.message.hasSuffix("the deadline of the whole run"))
    }
  }

  @Test("Cancelling ends every check, and none of those cut off is a pass or a failure")
  func cancelled() async {
    let meeting = Meeting(of: 3)
    let run = Task {
      await Gate().carryOut(
        Plan([
          .asking("misled") {
            await meeting.join()
            await untilCancelled()
            return .broken
          },
          .asking("waits") {
            await meeting.join()
            await untilCancelled()
            return .cannotTell("the statement was cancelled")
          },
          .answering("needs", .pass("asked"), needs: ["misled"]),
        ]))
    }
    await meeting.join()
    run.cancel()
    let verdict = await run.value
    let interrupted = Finding.cannotTell("interrupted before it had an answer")
    #expect(
      verdict.outcomes.map(\.finding) == [interrupted, interrupted, .skip(because: "misled")])
    #expect(verdict.decision == .undecided)
  }

  @Test("Whoever watches hears of each start and each end")
  func watched() async {
    let record = Record()
    let gate = Gate { event in
      switch event {
      case .started(let check): record.add("start \(check.id)")
      case .finished(let outcome): record.add("end \(outcome.check.id)")
      }
    }
    _ = await gate.carryOut(
      Plan([
        .answering("a", .broken), .answering("b", .pass("asked"), follows: ["a"]),
        .answering("c", .pass("asked"), needs: ["a"]),
      ]))
    let events = record.events
    #expect(events.prefix(2) == ["start a", "end a"])
    #expect(Set(events.dropFirst(2)) == ["start b", "end b", "end c"])
    #expect(events.count == 5)
  }
}
