internal import Core
internal import Gate
internal import Monitor

extension TextReport {
  /// How a run went.
  func section(of run: RunReport) -> [String] {
    let title = "run of \(shown.line(run.pipeline))"
    let head = style.glyph(mark(of: run.ending)) + " " + style.painted(title, .bold)
    let part = run.part.map { ", of a part: \(shown.line($0))" } ?? ""
    var lines = ["\(head): \(run.ending.words)\(part)"]
    if case .aborted(_, let message) = run.ending { lines += paragraph(shown.line(message)) }
    lines += row(
      "items",
      "\(run.items): \(run.processed) stored, \(run.failed) failed, \(run.skipped) skipped"
        + (run.unchanged > 0 ? "; \(run.unchanged) unchanged" : ""))
    lines += row("rate", "\(run.ratePerSecond.short)/s over \(run.duration.text)")
    lines += row("requests", "\(run.requests), \(run.retries.counted("retry", plural: "retries"))")
    lines += row("tokens", "\(run.tokens), \(run.dollars.map(dollarText) ?? "price not known")")
    if let jobID = run.jobID { lines += row("job", shown.line(jobID)) }
    return lines + audit(run.audit)
  }

  private func audit(_ audit: Audit?) -> [String] {
    guard let audit else { return row("audit", "not done") }
    let counts =
      "\(audit.missing) missing, \(audit.wrongDimension) of a wrong dimension, "
      + "\(audit.zeroNorm) of norm 0, \(audit.duplicates.counted("duplicate"))"
    let search = "self-search: \(audit.selfSearch.words)"
    let jobs = audit.stuckJobs.counted("stuck job")
    let facts = [counts, search] + [audit.jobRow.map(shown.line), jobs].compactMap(\.self)
    return row("audit", facts[0]) + facts.dropFirst().flatMap { row("", $0) }
  }

  private func mark(of ending: RunReport.Ending) -> Mark {
    switch ending {
    case .verified: .pass
    case .aborted: .fail
    case .interrupted: .cannotTell
    case .nothingToDo: report.exit == .go ? .skip : .cannotTell
    }
  }
}

extension TextReport {
  /// What became of those of several runs that did not go well.
  var troubledRuns: String? {
    guard report.runs.count > 1 else { return nil }
    let words = report.runs.filter { $0.ending != .verified && $0.ending != .nothingToDo }
      .map { "\(shown.line($0.pipeline)) \($0.ending.words)" }
    return words.joined(separator: "; ")
  }

  /// What was stored, and whether rows were left out; nil where no run had anything to do.
  var storedWords: (stored: String, part: String?)? {
    let verified = report.runs.filter { $0.ending == .verified }
    guard !verified.isEmpty else { return nil }
    let items = verified.reduce(0) { $0 + $1.items }
    let processed = verified.reduce(0) { $0 + $1.processed }
    let several = report.runs.count > 1 ? " by \(report.runs.count) pipelines" : ""
    return (
      "\(processed) of \(items.counted("item")) stored" + several,
      verified.compactMap(\.part).first.map(shown.line)
    )
  }
}

extension RunReport.Ending {
  /// The ending for people.
  var words: String {
    switch self {
    case .verified: "verified"
    case .aborted(let reason, _): "aborted, \(reason.rawValue)"
    case .interrupted: "interrupted"
    case .nothingToDo: "nothing to do"
    }
  }
}

extension Audit.SelfSearch {
  fileprivate var words: String {
    switch self {
    case .pass: "a stored row is found first by its own vector"
    case .fail: "stored rows are not found first by their own vectors"
    case .notRun: "no stored row could be searched for"
    }
  }
}
