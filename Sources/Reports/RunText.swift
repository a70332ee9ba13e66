internal import Core
internal import Gate
internal import Monitor

extension TextReport {
  /// How the run went, where there was one.
  var runSection: [String] {
    guard let run = report.run else { return [] }
    let title = "run of \(shown.line(run.pipeline))"
    let head = style.glyph(mark(of: run.ending)) + " " + style.painted(title, .bold)
    var lines = ["\(head): \(run.ending.words)"]
    if case .aborted(_, let message) = run.ending { lines += paragraph(shown.line(message)) }
    lines += row(
      "items",
      "\(run.items): \(run.processed) stored, \(run.failed) failed, \(run.skipped) skipped")
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
    case .fail: "a stored row is not found first by its own vector"
    case .notRun: "no stored row could be searched for"
    }
  }
}
