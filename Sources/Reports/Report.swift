package import Checklist
package import Core
package import Gate
package import Monitor

/// All that one call of the program has to say, whatever the format it is said in.
package struct Report: Sendable {
  package var toolVersion: String
  package var checklistPath: String
  /// `sha256:` and 64 hexadecimal digits; nil where the file could not be read.
  package var checklistDigest: String?
  package var phase: Phase
  package var startedAt: Timestamp
  package var duration: Duration
  /// Nil where no check was asked, as in a run without the gate.
  package var verdict: Verdict?
  /// One for each pipeline that was to run, in their order; empty where no run took place.
  package var runs: [RunReport]
  package var exit: ExitStatus
  /// The command to type next, which people are shown on the last line.
  package var next: String?
  /// Whether people have read the head of the report already, before a run began.
  package var isContinued = false
  /// Knows the secrets that no format may show.
  ///
  /// They are taken out before the text is wrapped or cut: half a secret is not found any more.
  package var redactor: Redactor

  package init(
    toolVersion: String, checklistPath: String, checklistDigest: String?, phase: Phase,
    startedAt: Timestamp, duration: Duration, verdict: Verdict? = nil, runs: [RunReport] = [],
    exit: ExitStatus, next: String? = nil, redactor: Redactor
  ) {
    self.toolVersion = toolVersion
    self.checklistPath = checklistPath
    self.checklistDigest = checklistDigest
    self.phase = phase
    self.startedAt = startedAt
    self.duration = duration
    self.verdict = verdict
    self.runs = runs
    self.exit = exit
    self.next = next
    self.redactor = redactor
  }

  /// Whether the person left out some of the checks, by `--only` or `--skip`.
  package var isPartial: Bool { verdict?.isPartial ?? false }

  /// The run that went worst, the first of several.
  package var run: RunReport? {
    let worst = runs.map(\.ending.gravity).max()
    return runs.first { $0.ending.gravity == worst }
  }

  /// The whole document in a format, with its last line ended.
  ///
  /// - Parameters:
  ///   - format: What to write.
  ///   - style: How text for people looks; the formats for machines do not ask it.
  /// - Returns: The document, free of the secrets that the report's redactor knows.
  package func rendered(as format: ReportFormat, style: Style) -> String {
    switch format {
    case .text: TextReport(self, style: style).document
    case .json: JSONReport(self).document
    }
  }
}

extension RunReport.Ending {
  /// How bad it is; where one of several runs had nothing to do, the others tell more.
  fileprivate var gravity: Int {
    switch self {
    case .nothingToDo: 0
    case .verified: 1
    case .interrupted: 2
    case .aborted: 3
    }
  }
}
