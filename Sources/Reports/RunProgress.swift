internal import Core
package import Monitor

/// Tells whoever waits how far a run is: a bar on a terminal, now and then a line elsewhere.
///
/// Values in, text for standard error out; the caller owns the stream and the clock.
package struct RunProgress: Sendable {
  /// The rate, and with it the time left, is that of the last so many seconds.
  static let window: Duration = .seconds(10)
  /// Without a terminal, a line comes after this time or this share of the items.
  static let pace: (time: Duration, share: Double) = (.seconds(5), 0.1)
  static let barWidth = 20

  private let pipeline: String
  private let style: Style
  private let isTerminal: Bool
  private let dollarsPerMillionTokens: Double?
  private var recent: [Observation] = []
  private var told: Observation?
  private var block = LiveBlock()

  /// Progress of a run that has not begun.
  ///
  /// - Parameters:
  ///   - pipeline: Its name.
  ///   - style: How text looks on standard error.
  ///   - isTerminal: Whether the line can be drawn over again.
  ///   - dollarsPerMillionTokens: The model's price, nil where it is not known.
  package init(
    pipeline: String, style: Style, isTerminal: Bool, dollarsPerMillionTokens: Double? = nil
  ) {
    self.pipeline = ShownText.escaped(pipeline)
    self.style = style
    self.isTerminal = isTerminal
    self.dollarsPerMillionTokens = dollarsPerMillionTokens
  }

  /// What to write after an observation, not older than the last one; often nothing.
  package mutating func take(_ seen: Observation) -> String {
    recent.removeAll { seen.at - $0.at > RunProgress.window }
    recent.append(seen)
    if isTerminal { return block.drawing([bar(seen)]) }
    guard isWorthALine(seen) else { return "" }
    told = seen
    return line(seen)
  }

  /// Clears the bar, before anything else is written to the same terminal and at the end.
  package mutating func clear() -> String {
    block.clearing()
  }

  private func isWorthALine(_ seen: Observation) -> Bool {
    guard let told else { return true }
    let share = Double(seen.finished - told.finished) / Double(max(1, seen.total))
    return seen.isPaused != told.isPaused || seen.at - told.at >= RunProgress.pace.time
      || share >= RunProgress.pace.share
      || (seen.finished >= seen.total && told.finished < told.total)
  }

  private func line(_ seen: Observation) -> String {
    let facts = facts(of: seen).map(\.text).joined(separator: ", ")
    return "\(pipeline): \(facts)\n"
  }

  /// Everything that fits on one line: what matters least is left out first.
  private func bar(_ seen: Observation) -> String {
    let name = Fact(pipeline, rank: 9)
    let bar = Fact(meter(share(of: seen)), rank: 5)
    let all = [name, bar] + facts(of: seen)
    let room = style.width - 1
    var kept: Set<Int> = []
    var length = 0
    for fact in all.sorted(by: { $0.rank < $1.rank })
    where length + fact.text.count <= room {
      kept.insert(fact.rank)
      length += fact.text.count + 2
    }
    let texts = all.filter { kept.contains($0.rank) }.map(\.text)
    return TextLayout.cut(texts.joined(separator: "  "), to: room, ellipsis: style.ellipsis)
  }

  /// One part of the line; the lower its rank, the longer it stays on a narrow terminal.
  private struct Fact {
    let text: String
    let rank: Int

    init(_ text: String, rank: Int) {
      self.text = text
      self.rank = rank
    }
  }

  private func facts(of seen: Observation) -> [Fact] {
    let percent = Int((share(of: seen) * 100).rounded(.down))
    var facts = [Fact("\(seen.finished)/\(seen.total) (\(percent)%)", rank: 0)]
    if seen.isPaused { facts.append(Fact("paused by the provider", rank: 1)) }
    if let rate, rate > 0 {
      facts.append(Fact(rate.short + "/s", rank: 4))
      let left = Duration.seconds(Double(seen.total - seen.finished) / rate)
      if left > .zero { facts.append(Fact("\(left.text) left", rank: 3)) }
    }
    facts.append(Fact("\(seen.failed) failed", rank: seen.failed > 0 ? 2 : 6))
    facts.append(Fact(seen.retries.counted("retry", plural: "retries"), rank: 7))
    let cost = dollarsPerMillionTokens.map { dollarText(Double(seen.tokens) * $0 / 1e6) }
    facts.append(
      Fact(seen.tokens.counted("token") + (cost.map { " for \($0)" } ?? ""), rank: 8))
    return facts
  }

  private func share(of seen: Observation) -> Double {
    seen.total > 0 ? min(1, max(0, Double(seen.finished) / Double(seen.total))) : 0
  }

  /// Finished items per second over the window, or since the run's start while that is shorter.
  private var rate: Double? {
    guard let last = recent.last else { return nil }
    let first = recent.count > 1 ? recent[0] : Observation(at: .zero, total: last.total)
    let time = (last.at - first.at).seconds
    return time > 0 ? Double(last.finished - first.finished) / time : nil
  }

  private func meter(_ share: Double) -> String {
    let full = Int(share * Double(RunProgress.barWidth))
    let (done, open) = style.isUnicode ? ("█", "░") : ("#", ".")
    return "[" + String(repeating: done, count: full)
      + String(repeating: open, count: RunProgress.barWidth - full) + "]"
  }
}
