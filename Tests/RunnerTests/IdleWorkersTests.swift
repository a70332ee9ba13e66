import Testing

@testable import Runner

@Suite("Workers without work", .timeLimit(.minutes(1)))
struct IdleWorkersTests {
  private static let long = Duration.seconds(3600)

  @Test("wait for as long as they were told")
  func time() async {
    let (idle, start) = (IdleWorkers(), ContinuousClock.now)
    await idle.wait(.milliseconds(20), inSlot: 0)
    #expect(start.duration(to: .now) >= .milliseconds(20))
  }

  @Test("are all woken when one finds that the run is over, and wait no more")
  func over() async {
    let idle = IdleWorkers()
    await withDiscardingTaskGroup { group in
      for slot in 0..<8 { group.addTask { await idle.wait(Self.long, inSlot: slot) } }
      idle.endAll()
    }
    await idle.wait(Self.long, inSlot: 8)
  }

  @Test("wait no more when they are cancelled")
  func cancelled() async {
    let idle = IdleWorkers()
    let waiting = Task { await idle.wait(Self.long, inSlot: 0) }
    waiting.cancel()
    await waiting.value
  }
}
