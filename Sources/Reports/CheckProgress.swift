package import Core
package import Gate

/// Tells whoever waits how far the checks are: what is under way on a terminal, each end elsewhere.
///
/// Values in, text for standard error out; the caller owns the stream and the clock.
package struct CheckProgress: Sendable {
  /// More checks under way than these are only counted.
  static let mostLines = 8
  /// A check that takes longer than this is named where there is no live line.
  static let slow: Duration = .seconds(10)

  private struct Running: Sendable {
    let id: String
    let since: Duration
    var isToldSlow = false
  }

  private let planned: Int
  private let style: Style
  private let isTerminal: Bool
  private let shown: ShownText
  private var running: [Running] = []
  private var done = 0
  private var notPassed = 0
  private var block = LiveBlock()

  /// Progress of a plan that has not begun.
  ///
  /// - Parameters:
  ///   - planned: How many checks the plan has.
  ///   - style: How text looks on standard error.
  ///   - isTerminal: Whether lines can be drawn over again.
  ///   - redactor: Takes the secrets out of messages.
  package init(planned: Int, style: Style, isTerminal: Bool, redactor: Redactor) {
    self.planned = planned
    self.style = style
    self.isTerminal = isTerminal
    shown = ShownText(redactor: redactor)
  }

  /// What to write after an event.
  ///
  /// - Parameters:
  ///   - event: What happened at the gate.
  ///   - at: The time since the gate began.
  /// - Returns: Text to write as it is, often none.
  package mutating func take(_ event: GateEvent, at: Duration) -> String {
    switch event {
    case .started(let check):
      running.append(Running(id: shown.line(check.id), since: at))
      return isTerminal ? draw(at: at) : ""
    case .finished(let outcome):
      let id = shown.line(outcome.check.id)
      running.removeAll { $0.id == id }
      done += 1
      if outcome.finding.status != .pass { notPassed += 1 }
      return isTerminal ? draw(at: at) : line(for: outcome, id: id)
    }
  }

  /// What to write when nothing happened for a while.
  package mutating func tick(at: Duration) -> String {
    guard !isTerminal else { return draw(at: at) }
    var lines = ""
    for place in running.indices where !running[place].isToldSlow {
      let time = at - running[place].since
      guard time >= CheckProgress.slow else { continue }
      running[place].isToldSlow = true
      lines += "\(running[place].id) has been under way for \(time.text)\n"
    }
    return lines
  }

  /// Clears the live lines, before anything else is written to the same terminal and at the end.
  package mutating func clear() -> String {
    block.clearing()
  }

  private mutating func draw(at: Duration) -> String {
    // A terminal may move to the next line as soon as its last column is written to.
    let width = style.width - 1
    var lines = running.prefix(CheckProgress.mostLines).map { check in
      let time = Duration.seconds((at - check.since).seconds.rounded(.down)).text
      let room = width - 2 - 2 - time.count
      let name = TextLayout.cut(check.id, to: room, ellipsis: style.ellipsis)
      return "  " + TextLayout.padded(name, to: min(room, 32)) + "  " + style.painted(time, .faint)
    }
    if running.count > CheckProgress.mostLines {
      lines.append("  and \(running.count - CheckProgress.mostLines) more")
    }
    let faults = notPassed > 0 ? ", \(notPassed) of them not passed" : ""
    lines.append(
      TextLayout.cut(
        "\(done) of \(planned.counted("check")) done\(faults)", to: width,
        ellipsis: style.ellipsis))
    return block.drawing(lines)
  }

  private func line(for outcome: Outcome, id: String) -> String {
    let time = outcome.attempts > 0 ? " (\(outcome.duration.text))" : ""
    return "[\(done)/\(planned)] \(style.glyph(outcome.mark)) \(id): "
      + "\(shown.line(outcome.finding.message))\(time)\n"
  }
}
