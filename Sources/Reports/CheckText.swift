internal import Checklist
internal import Core
internal import Gate

extension Outcome {
  /// How the outcome looks at a glance.
  var mark: Mark {
    if isWaived { return .waived }
    return switch finding.status {
    case .pass: hasIdleWaiver ? .warning : .pass
    case .fail: check.severity == .warn ? .warning : .fail
    case .error: .cannotTell
    case .skip: .skip
    }
  }
}

/// What a person reads about one check.
struct CheckText {
  /// Fewer columns than this say nothing about a check.
  private static let fewestColumns = 12
  private static let gap = 2
  /// Columns of the mark and of the space after it.
  private static let mark = 2

  private let outcome: Outcome
  private let idWidth: Int
  private let page: TextReport

  init(_ outcome: Outcome, idWidth: Int, in page: TextReport) {
    self.outcome = outcome
    self.idWidth = idWidth
    self.page = page
  }

  /// One line where all is well and nothing more was asked for; otherwise a block.
  var lines: [String] {
    let (title, message) = (outcome.check.title.map(page.shown.line), text(outcome.finding.message))
    switch outcome.finding.status {
    case .pass where outcome.hasIdleWaiver:
      return head(cutting: title ?? "") + place + page.paragraph(message) + waiver + evidence
    case .pass where !style.isVerbose:
      return head(cutting: title ?? message)
    case .pass:
      let fits = title == nil && message.count <= room
      return head(cutting: title ?? (fits ? message : ""))
        + (fits ? [] : page.paragraph(message)) + evidence
    case .skip:
      let words = message + (outcome.check.severity == .warn ? " (warning)" : "")
      return words.count <= room && outcome.check.waiver == nil
        ? head(cutting: words) : head(cutting: title ?? "") + page.paragraph(words) + waiver
    case .fail, .error:
      return head(cutting: title ?? "") + place + page.paragraph(message)
        + optionalRow("expected", outcome.finding.expected)
        + optionalRow("observed", outcome.finding.observed)
        + optionalRow("because", outcome.finding.because) + waiver + fix + evidence
    }
  }

  /// What the check's waiver does, or no longer does.
  private var waiver: [String] {
    guard let waiver = outcome.check.waiver else { return [] }
    let state =
      switch waiver.state(for: outcome) {
      case .active: "until \(waiver.until)"
      case .expired: "was until \(waiver.until), and counts no more"
      case .unused: "not needed any more: take `waive` out"
      }
    return page.row("waived", text("\(state) (\(waiver.owner): \(waiver.reason))"))
  }

  /// Columns between those of the ids and the time.
  private var room: Int {
    style.width - CheckText.mark - idWidth - CheckText.gap
      - (time.isEmpty ? 0 : CheckText.gap + time.count)
  }

  private var style: Style { page.style }

  private var id: String { page.shown.line(outcome.check.id) }

  private var time: String {
    switch outcome.attempts {
    case 0: ""
    case 1: outcome.duration.text
    case let attempts: "\(attempts) attempts, \(outcome.duration.text)"
    }
  }

  /// The mark, the id, as many of the words as there is room for, and the time at the right edge; the
  /// words on a line of their own where a wide id leaves no room for them.
  private func head(cutting words: String) -> [String] {
    let shownWords =
      room < CheckText.fewestColumns
      ? "" : TextLayout.cut(words, to: room, ellipsis: style.ellipsis)
    let name =
      style.glyph(outcome.mark) + " " + (outcome.mark == .pass ? id : style.painted(id, .bold))
    let whole = CheckText.mark + id.count + words.count + time.count + 2 * CheckText.gap
    guard id.count > idWidth, whole > style.width, !shownWords.isEmpty else {
      return [line(name, of: CheckText.mark + id.count, shownWords)]
    }
    return [name, line("", of: 0, shownWords)]
  }

  /// A line of what fills some columns, and then of words in theirs, and the time in its own.
  private func line(_ start: String, of columns: Int, _ words: String) -> String {
    var (line, columns) = (start, columns)
    func add(_ text: String, at column: Int, painted: String) {
      let gap = max(CheckText.gap, column - columns)
      line += TextLayout.spaces(gap) + painted
      columns += gap + text.count
    }
    if !words.isEmpty {
      add(words, at: CheckText.mark + idWidth + CheckText.gap, painted: words)
    }
    if !time.isEmpty {
      add(time, at: style.width - time.count, painted: style.painted(time, .faint))
    }
    return line
  }

  private var place: [String] {
    let warning = outcome.check.severity == .warn ? ", severity warn" : ""
    return page.paragraph(text("\(outcome.check.location)") + warning)
      .map { style.painted($0, .faint) }
  }

  /// The fix exactly as it is to be pasted: indented, never wrapped.
  private var fix: [String] {
    guard let fix = outcome.finding.fix else { return [] }
    return page.paragraph("fix")
      + page.shown.lines(fix).map {
        $0.isEmpty ? "" : TextLayout.spaces(TextReport.indent + 2) + $0
      }
  }

  private var evidence: [String] {
    guard style.isVerbose, !outcome.finding.evidence.isEmpty else { return [] }
    let facts = outcome.finding.evidence.sorted { $0.key < $1.key }
    return page.paragraph("evidence")
      + facts.flatMap { fact in
        TextLayout.wrapped(
          "\(text(fact.key)): \(words(for: fact.value))",
          width: style.width - TextReport.indent - 2
        ).map { TextLayout.spaces(TextReport.indent + 2) + $0 }
      }
  }

  private func words(for evidence: Evidence) -> String {
    switch evidence {
    case .text(let value): text(value)
    case .number(let value): value.isFinite ? value.short : "\(value)"
    case .flag(let value): value ? "yes" : "no"
    case .list(let values):
      values.prefix(ReportLimit.listElements).map(text).joined(separator: ", ")
        + (values.count > ReportLimit.listElements ? ", …" : "")
    }
  }

  private func optionalRow(_ label: String, _ value: String?) -> [String] {
    // An empty value is a value too.
    value.map { page.row(label, $0.isEmpty ? "\"\"" : text($0)) } ?? []
  }

  private func text(_ text: String) -> String { page.shown.line(text) }
}
