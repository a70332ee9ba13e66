import Core
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
        key: "\($0.offset)", text: String(repeating: "x", count: $0.element), softFaults: 0)
    }
  }

  @Test("requests are cut by items and by tokens, in order, and never empty")
  func requests() {
    let ceilings = Ceilings(items: 3)
    let cut = ceilings.requests(for: items([4, 4, 4, 4, 1_080_000, 1_080_004, 4]))
    #expect(cut.map { $0.map(\.key) } == [["0", "1", "2"], ["3"], ["4"], ["5"], ["6"]])
    #expect(ceilings.requests(for: []).isEmpty)
  }

  @Test("ceilings only go down, and not below one item")
  func ceilings() {
    let ceilings = Ceilings(items: 20)
    ceilings.lower(itemsTo: 10)
    ceilings.lower(itemsTo: 50)
    #expect(ceilings.current.items == 10)
    ceilings.halve(after: 5)
    #expect(ceilings.current.items == 2)
    ceilings.halve(after: 1)
    #expect(ceilings.current.items == 1)
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
