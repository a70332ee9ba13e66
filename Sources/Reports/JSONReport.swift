internal import Checklist
internal import Core
internal import Gate
internal import Monitor

/// A report as version 1 of the JSON document, for machines.
///
/// The names and their order are a promise to readers: keys may be added, never changed.
struct JSONReport {
  static let schemaVersion = 1

  private let report: Report
  private let shown: ShownText

  init(_ report: Report) {
    self.report = report
    shown = ShownText(redactor: report.redactor)
  }

  var document: String {
    let verdict = report.verdict
    let outcomes = verdict?.outcomes ?? []
    return JSONDocument.object([
      ("schema_version", .whole(JSONReport.schemaVersion)),
      ("tool", .object([("name", .text("preflight")), ("version", text(report.toolVersion))])),
      (
        "checklist",
        .object([("path", text(report.checklistPath)), ("digest", text(report.checklistDigest))])
      ),
      ("phase", .text(report.phase.rawValue)),
      ("partial", .flag(report.isPartial)),
      ("started_at", .text(report.startedAt.rfc3339)),
      ("duration_ms", .whole(report.duration.milliseconds)),
      (
        "summary",
        .object([
          ("planned", .whole(verdict?.planned ?? 0)),
          ("pass", .whole(verdict?.count(.pass) ?? 0)),
          ("fail", .whole(verdict?.count(.fail) ?? 0)),
          ("error", .whole(verdict?.count(.error) ?? 0)),
          ("skip", .whole(verdict?.count(.skip) ?? 0)),
          ("warnings", .whole(verdict?.warnings.count ?? 0)),
          ("waived", .whole(verdict?.waived.count ?? 0)),
        ])
      ),
      (
        "exit",
        .object([
          ("code", .whole(Int(report.exit.rawValue))), ("reason", .text(report.exit.reason)),
        ])
      ),
      ("checks", .list(outcomes.map(check))),
      ("run", report.run.map(run) ?? .null),
      ("runs", .list(report.runs.map(run))),
    ]).rendered() + "\n"
  }

  private func check(_ outcome: Outcome) -> JSONDocument {
    let (check, finding) = (outcome.check, outcome.finding)
    return .object([
      ("id", text(check.id)),
      ("kind", text(check.kind)),
      ("title", text(check.title)),
      ("severity", .text(check.severity.rawValue)),
      ("status", .text(finding.status.rawValue)),
      ("duration_ms", .whole(outcome.duration.milliseconds)),
      (
        "location",
        .object([
          ("file", text(check.location.file)),
          ("line", .whole(check.location.line)),
          ("column", .whole(check.location.column)),
        ])
      ),
      ("expected", text(finding.expected)),
      ("observed", text(finding.observed)),
      ("message", text(finding.message)),
      ("fix", JSONDocument(finding.fix.map { shown.bounded($0, to: ReportLimit.fixScalars) })),
      ("because", text(finding.because)),
      ("attempts", .whole(outcome.attempts)),
      ("waiver", check.waiver.map { waiver($0, for: outcome) } ?? .null),
      (
        "evidence",
        .object(
          finding.evidence.sorted { $0.key < $1.key }
            .map { (shown.bounded($0.key), evidence($0.value)) })
      ),
    ])
  }

  private func waiver(_ waiver: Waiver, for outcome: Outcome) -> JSONDocument {
    .object([
      ("reason", text(waiver.reason)),
      ("owner", text(waiver.owner)),
      ("until", .text("\(waiver.until)")),
      ("state", .text(waiver.state(for: outcome).rawValue)),
    ])
  }

  private func evidence(_ evidence: Evidence) -> JSONDocument {
    switch evidence {
    case .text(let value): text(value)
    case .number(let value): .number(value)
    case .flag(let value): .flag(value)
    case .list(let values): .list(values.prefix(ReportLimit.listElements).map { text($0) })
    }
  }

  private func run(_ run: RunReport) -> JSONDocument {
    .object([
      ("verdict", .text(run.verdict)),
      ("reason", JSONDocument(run.ending.reason?.rawValue)),
      ("message", text(run.ending.message)),
      ("pipeline", text(run.pipeline)),
      ("job_id", text(run.jobID)),
      ("items", .whole(run.items)),
      ("processed", .whole(run.processed)),
      ("failed", .whole(run.failed)),
      ("unchanged", .whole(run.unchanged)),
      ("part", text(run.part)),
      ("rate_per_second", .number((run.ratePerSecond * 100).rounded() / 100)),
      ("requests", .whole(run.requests)),
      ("retries", .whole(run.retries)),
      ("tokens", .whole(run.tokens)),
      // To the billionth: what comes after it is a binary fraction's noise.
      ("cost_usd", run.dollars.map { .number(($0 * 1e9).rounded() / 1e9) } ?? .null),
      ("audit", run.audit.map(audit) ?? .null),
      ("samples", .list(samples(run.samples))),
    ])
  }

  private func audit(_ audit: Audit) -> JSONDocument {
    .object([
      ("missing", .whole(audit.missing)),
      ("wrong_dimension", .whole(audit.wrongDimension)),
      ("zero_norm", .whole(audit.zeroNorm)),
      ("duplicates", .whole(audit.duplicates)),
      ("self_search", .text(audit.selfSearch.rawValue)),
    ])
  }

  /// At most so many samples as a report may hold, evenly apart, the first and the last among them.
  private func samples(_ samples: [Observation]) -> [JSONDocument] {
    let kept = min(samples.count, ReportLimit.samples)
    return (0..<kept).map { place in
      let sample =
        samples[kept == samples.count ? place : place * (samples.count - 1) / (kept - 1)]
      return .object([
        ("at_ms", .whole(sample.at.milliseconds)),
        ("processed", .whole(sample.processed)),
        ("failed", .whole(sample.failed)),
        ("in_flight", .whole(sample.inFlight)),
      ])
    }
  }

  private func text(_ text: String?) -> JSONDocument {
    JSONDocument(text.map { shown.bounded($0) })
  }
}

extension RunReport {
  /// The ending in one word, for machines.
  var verdict: String {
    switch ending {
    case .verified: part == nil ? "verified" : "verified-in-part"
    case .aborted: "aborted"
    case .interrupted: "interrupted"
    case .nothingToDo: "nothing-to-do"
    }
  }

  /// All such words.
  static let verdicts = ["verified", "verified-in-part", "aborted", "interrupted", "nothing-to-do"]
}

extension RunReport.Ending {
  var reason: AbortReason? {
    if case .aborted(let reason, _) = self { reason } else { nil }
  }

  /// The reason in words.
  var message: String? {
    if case .aborted(_, let message) = self { message } else { nil }
  }
}
