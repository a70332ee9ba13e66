import Core
import Embeddings
import Monitor
import Testing

@testable import Runner

@Suite("How much, how often, how long")
struct BoundsTests {
  @Test(
    "the wait doubles up to its ceiling, and chance takes a share of it",
    arguments: [(1, 500), (2, 1_000), (3, 2_000), (7, 32_000), (8, 60_000), (40, 60_000)])
  func backoff(failures: Int, milliseconds: Int) {
    #expect(
      Backoff.provider.wait(after: failures, share: 1) == .milliseconds(milliseconds))
    #expect(Backoff.provider.wait(after: failures, share: 0) == .zero)
    let some = Backoff.provider.wait(after: failures)
    #expect(some >= .zero && some <= .milliseconds(milliseconds))
  }

  private func items(_ sizes: [Int]) -> [ClaimedItem] {
    sizes.enumerated().map {
      ClaimedItem(
        position: Int32($0.offset), text: String(repeating: "x", count: $0.element), hash: "",
        softFaults: 0)
    }
  }

  @Test("requests are cut by items and by tokens, in order, and never empty")
  func requests() {
    let ceilings = Ceilings(items: 3)
    let cut = ceilings.requests(for: items([4, 4, 4, 4, 1_080_000, 1_080_004, 4]))
    #expect(cut.map { $0.map(\.position) } == [[0, 1, 2], [3], [4], [5], [6]])
    #expect(ceilings.requests(for: []).isEmpty)
  }

  @Test("requests are cut by bytes too, where a body of that size was refused")
  func bytes() {
    let ceilings = Ceilings(items: 10)
    #expect(ceilings.lower(after: .bodyTooLarge, of: items([400, 400, 400])))
    #expect(
      ceilings.requests(for: items([300, 300, 1, 700])).map { $0.map(\.position) }
        == [[0, 1], [2], [3]])
  }

  @Test("ceilings only go down, and not below one item")
  func ceilings() {
    let ceilings = Ceilings(items: 20)
    let sent = items([40, 40])
    #expect(ceilings.lower(after: .tooManyInputs(limit: 10), of: sent))
    #expect(ceilings.lower(after: .tooManyInputs(limit: 50), of: sent))
    #expect(ceilings.current.items == 10)
    ceilings.halve(after: 5)
    #expect(ceilings.current.items == 2)
    ceilings.halve(after: 1)
    #expect(ceilings.current.items == 1)
  }

  @Test(
    "a refused size teaches the bound that was named, or half of what was refused",
    arguments: [
      (
        EmbeddingFault.Cause.tooManyInputs(limit: nil),
        Ceilings.Bounds(items: 2, tokens: 270_000, bytes: 1_000_000)
      ),
      (.tooManyTokens(limit: 100), .init(items: 20, tokens: 90, bytes: 1_000_000)),
      (.tooManyTokens(limit: nil), .init(items: 20, tokens: 200, bytes: 1_000_000)),
      // The provider counts more than the estimate does: its limit alone would not help.
      (.tooManyTokens(limit: 1_000), .init(items: 20, tokens: 200, bytes: 1_000_000)),
      (.overRateLimit(requested: 500, limit: 50), .init(items: 20, tokens: 45, bytes: 1_000_000)),
      (.bodyTooLarge, .init(items: 20, tokens: 270_000, bytes: 800)),
    ])
  func learned(cause: EmbeddingFault.Cause, bounds: Ceilings.Bounds) {
    let ceilings = Ceilings(items: 20)
    #expect(ceilings.lower(after: cause, of: items([400, 400, 400, 400])))
    #expect(ceilings.current == bounds)
  }

  @Test("a fault that is not about size teaches no bound")
  func unrelated() {
    let ceilings = Ceilings(items: 20)
    #expect(!ceilings.lower(after: .invalidInput, of: items([4])))
    #expect(ceilings.current == .init(items: 20, tokens: 270_000, bytes: 1_000_000))
  }

  @Test("a busy provider halves the window once a round, and each good round widens it by one")
  func window() {
    let start = ContinuousClock.now
    let window = Window(widest: 8)
    window.narrow(after: start, now: start + .seconds(1))
    window.narrow(after: start + .milliseconds(999), now: start + .seconds(1))
    #expect(window.width == 4)
    window.narrow(after: start + .seconds(1), now: start + .seconds(2))
    #expect(window.width == 2)
    for _ in 0..<2 { window.widen() }
    #expect(window.width == 2)
    window.widen()
    #expect(window.width == 3)
    for _ in 0..<100 { window.widen() }
    #expect(window.width == 8)
    for second in 3..<20 {
      window.narrow(after: start + .seconds(second), now: start + .seconds(second))
    }
    #expect(window.width == 1)
  }

  @Test("samples of a long run are thinned out evenly")
  func samples() {
    var samples = Samples()
    for second in 0..<10_000 {
      samples.add(Observation(at: .seconds(second), total: 1))
    }
    #expect(samples.all.count <= Samples.most)
    #expect(samples.all.first?.at == .zero)
    let steps = zip(samples.all, samples.all.dropFirst()).map { $1.at - $0.at }
    #expect(Set(steps).count == 1)
  }

  @Test("a worker's identity is a UUID of version 4")
  func identity() throws {
    let worker = WorkerIdentity()
    #expect(
      worker.id.wholeMatch(
        of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    #expect(!worker.host.isEmpty)
    #expect(worker.id != WorkerIdentity().id)
  }
}
