internal import Monitor

/// The observations of a run, thinned out so that a long run keeps no more than a short one.
struct Samples: Sendable {
  /// Enough for a chart, little enough for a report.
  static let most = 240

  private(set) var all: [Observation] = []
  private var stride = 1
  private var seen = 0

  mutating func add(_ observation: Observation) {
    defer { seen += 1 }
    guard seen.isMultiple(of: stride) else { return }
    all.append(observation)
    guard all.count > Samples.most else { return }
    all = all.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    stride *= 2
  }
}
