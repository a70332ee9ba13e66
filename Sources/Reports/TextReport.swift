internal import Checklist
internal import Core
internal import Gate
internal import Monitor

/// A report for people: a line for each check that passed, all that helps for each that did not,
/// the verdict last.
struct TextReport {
  /// Columns before what is said about a check, under its line.
  static let indent = 4
  /// Columns of the names `expected`, `observed` and the like, and the gap behind them.
  static let labelWidth = 10

  let report: Report
  let style: Style
  let shown: ShownText

  init(_ report: Report, style: Style) {
    self.report = report
    self.style = style
    shown = ShownText(redactor: report.redactor)
  }

  var document: String {
    let closing = summary + [headline]
    let sections = ([header, checks] + report.runs.map(section) + [closing]).filter { !$0.isEmpty }
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private var header: [String] {
    guard !report.isContinued else { return [] }
    let origin = "preflight \(shown.line(report.toolVersion)): \(shown.line(report.checklistPath))"
    let times = "\(report.startedAt.rfc3339), \(report.duration.text)"
    return [origin, "\(report.phase.rawValue), \(times)"]
      .flatMap { TextLayout.wrapped($0, width: style.width) }
      .map { style.painted($0, .faint) }
  }

  private var checks: [String] {
    let outcomes = report.verdict?.outcomes ?? []
    // A longer id than this has a line of its own, and moves nobody else's words.
    let idWidth =
      outcomes.map { shown.line($0.check.id).count }.filter { $0 <= style.width / 3 }.max() ?? 0
    var lines: [String] = []
    for outcome in outcomes {
      let check = CheckText(outcome, idWidth: idWidth, in: self).lines
      // What takes several lines stands apart from its neighbours.
      if check.count > 1, !lines.isEmpty, lines.last != "" { lines.append("") }
      lines += check
      if check.count > 1 { lines.append("") }
    }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private var summary: [String] {
    guard let verdict = report.verdict else { return [] }
    let skipped = verdict.count(.skip)
    let ran = verdict.outcomes.count - skipped
    let words =
      "\(verdict.planned) planned = \(ran) ran + \(skipped) skipped: "
      + "\(verdict.count(.pass)) passed, \(verdict.count(.fail)) failed, "
      + "\(verdict.count(.error)) could not tell; \(verdict.warnings.count.counted("warning"))"
      + (verdict.waived.isEmpty ? "" : ", \(verdict.waived.count) waived")
    let partial = "partial: --only or --skip left out some of the checklist's checks"
    return TextLayout.wrapped(words, width: style.width)
      + (report.isPartial ? TextLayout.wrapped(partial, width: style.width) : [])
  }

  /// The verdict and what to type next, on one line however long, since it is there to be copied.
  private var headline: String {
    let (word, paint, because) = verdictWords
    let next = report.next.map { ". Next: \(shown.line($0))" } ?? ""
    return style.painted(word, paint) + (because.map { ": \($0)" } ?? "") + next
  }

  private var verdictWords: (word: String, paint: Paint, because: String?) {
    let proving = report.verdict?.outcomes.filter { $0.check.severity == .block } ?? []
    let blocking = proving.filter { !$0.isWaived }
    let waived = proving.count - blocking.count
    let passed =
      blocking.count.counted("blocking check") + " passed"
      + (waived > 0 ? ", \(waived) waived" : "")
    switch report.exit {
    case .go:
      if let (stored, part) = storedWords {
        guard let part else { return ("VERIFIED", .green, stored) }
        return ("PARTIAL", .yellow, "\(stored), others left out by \(part)")
      }
      let unchanged = report.runs.reduce(0) { $0 + $1.unchanged }
      let nothing = report.run.map { _ in
        "there was nothing to do"
          + (unchanged > 0 ? ": " + unchanged.counted("row") + " unchanged" : "")
      }
      if let verdict = report.verdict, verdict.isPartial {
        return ("PARTIAL", .yellow, "\(passed), \(verdict.leftOut.counted("check")) not asked")
      }
      return ("GO", .green, nothing ?? passed)
    case .noGo where report.verdict == nil: return ("NO-GO", .red, "the receipt does not hold")
    case .noGo:
      let failed = blocking.count { $0.finding.status == .fail }
      return ("NO-GO", .red, "\(failed.counted("blocking check")) failed")
    case .undecided where report.verdict == nil:
      return ("UNDECIDED", .magenta, "nobody can tell whether the receipt holds")
    case .undecided:
      let open = blocking.count { $0.finding.status == .error || $0.finding.status == .skip }
      guard open > 0 else {
        let isWhole = report.verdict.map { $0.outcomes.count == $0.planned } ?? false
        let words =
          isWhole
          ? waived > 0 ? "all blocking checks are waived" : "no check of severity block was asked"
          : "not every check was asked"
        return ("UNDECIDED", .magenta, words)
      }
      return ("UNDECIDED", .magenta, "\(open.counted("blocking check")) without an answer")
    case .warnings:
      let warnings = report.verdict?.warnings.count ?? 0
      return ("WARNINGS", .yellow, "go, with \(warnings.counted("warning"))")
    case .runFailed:
      let ending = report.run?.ending
      return ("RUN FAILED", .red, troubledRuns ?? ending?.reason?.rawValue ?? ending?.words)
    case .runUndecided:
      return ("RUN UNDECIDED", .magenta, troubledRuns ?? report.run?.ending.words)
    case .usage: return ("WRONG USAGE", .red, nil)
    case .internalFault: return ("INTERNAL FAULT", .red, nil)
    case .invalidChecklist: return ("INVALID CHECKLIST", .red, nil)
    case .interrupted: return ("INTERRUPTED", .magenta, nil)
    case .terminated: return ("TERMINATED", .magenta, nil)
    }
  }
}

extension TextReport {
  /// A paragraph under a check's line.
  func paragraph(_ text: String) -> [String] {
    TextLayout.wrapped(text, width: style.width - TextReport.indent)
      .map { TextLayout.spaces(TextReport.indent) + $0 }
  }

  /// A named value under a check's line; where it takes several lines they stand under each other.
  func row(_ label: String, _ value: String) -> [String] {
    let hanging = TextReport.indent + TextReport.labelWidth
    let lines = TextLayout.wrapped(value, width: style.width - hanging)
    let first =
      TextLayout.spaces(TextReport.indent) + TextLayout.padded(label, to: TextReport.labelWidth)
    return [first + (lines.first ?? "")]
      + lines.dropFirst().map { TextLayout.spaces(hanging) + $0 }
  }
}
