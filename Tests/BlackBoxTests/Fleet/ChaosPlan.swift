import Glibc
import Testing

/// What happens in one chaos, and when: all of it follows from the seed.
struct ChaosPlan: Sendable, CustomTestStringConvertible {
  enum Event: Sendable {
    /// Signal 9 for one of the workers, which is then started again.
    case kill(slot: Int)
    /// The server ends some of its sessions, workers' and the pooler's.
    case endSessions(salt: Int)
    /// Rows get a new title, with this in it.
    case edit([Int32], mark: Int)
    case delete([Int32])
  }

  let seed: UInt64
  let workers: Int
  let items: Int
  let kills: Int
  /// Each event with how many items have to be stored before it.
  let events: [(stored: Int, event: Event)]

  var testDescription: String { "seed \(seed), \(workers) workers, \(items) items, \(kills) kills" }

  /// - Parameters:
  ///   - seed: what chance begins with.
  ///   - workers: how many processes.
  ///   - items: how many rows wait.
  ///   - kills: how often a worker is killed; the other events are multiples of it.
  ///   - share: of the items, in per cent, that are stored when the last event comes. From about 90 on, what
  ///     killed workers held is taken over, and its new workers are killed too.
  init(seed: UInt64, workers: Int, items: Int, kills: Int, share: Int) {
    (self.seed, self.workers, self.items, self.kills) = (seed, workers, items, kills)
    var chance = Chance(state: seed)
    let last = items * share / 100
    func times(_ count: Int) -> [Int] {
      (0..<count).map { _ in .random(in: 1...last, using: &chance) }
    }
    /// Rows that are about to be claimed, are leased, or were stored just now.
    func rows(_ count: Int, near stored: Int) -> [Int32] {
      let near = max(1, stored - workers * 20)...min(items, stored + workers * 20)
      return (0..<count).map { _ in Int32(Int.random(in: near, using: &chance)) }
    }
    var events: [(stored: Int, event: Event)] = []
    for time in times(kills) {
      events.append((time, .kill(slot: .random(in: 0..<workers, using: &chance))))
    }
    for time in times(kills / 3) {
      events.append((time, .endSessions(salt: .random(in: 0..<1_000_000, using: &chance))))
    }
    for (mark, time) in times(kills * 2).enumerated() {
      events.append((time, .edit(rows(5, near: time), mark: mark)))
    }
    for time in times(kills) { events.append((time, .delete(rows(3, near: time)))) }
    self.events = events.sorted { $0.stored < $1.stored }
  }

  /// What the variable `PREFLIGHT_CHAOS` asks for, as `make chaos` sets it, or one that is short.
  static let asked: [ChaosPlan] = {
    guard let value = unsafe getenv("PREFLIGHT_CHAOS") else {
      return [ChaosPlan(seed: 1, workers: 4, items: 2_000, kills: 12, share: 50)]
    }
    let text = unsafe String(cString: value)
    let form = /workers=(\d+) items=(\d+) kills=(\d+) share=(\d+) seeds=(\d+(?:,\d+)*)/
    guard let match = text.wholeMatch(of: form), let workers = Int(match.1),
      let items = Int(match.2), let kills = Int(match.3), let share = Int(match.4),
      workers > 0, items >= 100, (1...95).contains(share)
    else {
      preconditionFailure("PREFLIGHT_CHAOS must be as in the Makefile, not: \(text)")
    }
    return match.5.split(separator: ",").compactMap { UInt64($0) }.map {
      ChaosPlan(seed: $0, workers: workers, items: items, kills: kills, share: share)
    }
  }()
}

/// Sebastiano Vigna's SplitMix64, which gives the same numbers for the same seed.
private struct Chance: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
