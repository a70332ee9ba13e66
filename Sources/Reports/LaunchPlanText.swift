internal import Checklist
package import Core
package import Gate

/// What a launch would do, as people read it before anybody is asked.
package struct LaunchPlanText: Sendable {
  /// The run that would follow on *go*, by what the checklist alone says of it.
  package struct Run: Sendable {
    let pipeline: String
    let rows: Int
    let batch: Int
    let requests: Int
    let tokensPerText: Int?
    let dollarsPerMillionTokens: Double?

    /// - Parameters:
    ///   - pipeline: Its name.
    ///   - rows: To embed at most.
    ///   - ramp: After how many rows the run waits for those before it goes on.
    ///   - batch: Texts in one request.
    ///   - tokensPerText: At most, about; nil where nothing bounds a text.
    ///   - dollarsPerMillionTokens: The model's price; nil where it is not known.
    package init(
      pipeline: String, rows: Int, ramp: [Int], batch: Int, tokensPerText: Int?,
      dollarsPerMillionTokens: Double?
    ) {
      self.pipeline = pipeline
      self.rows = rows
      self.batch = batch
      self.tokensPerText = tokensPerText
      self.dollarsPerMillionTokens = dollarsPerMillionTokens
      let stops = [0] + ramp.filter { $0 < rows } + [rows]
      requests = zip(stops, stops.dropFirst()).map { ($1 - $0 + batch - 1) / batch }.reduce(0, +)
    }

    var tokens: Int? { tokensPerText.map { $0 * rows } }
  }

  private let path: String
  private let checks: [PlannedCheck]
  private let run: Run
  private let shown: ShownText

  package init(path: String, checks: [PlannedCheck], run: Run, redactor: Redactor) {
    self.path = path
    self.checks = checks
    self.run = run
    shown = ShownText(redactor: redactor)
  }

  package var document: String {
    let asked = checks.map { (id: $0.identity.id, questions: $0.questions()) }
    let width = asked.map(\.id.count).max() ?? 0
    let all = Count(asked.flatMap { $0.questions ?? [] })
    var lines = ["plan of \(shown.line(path)): nobody is asked", ""]
    lines += asked.map { check in
      let words = check.questions.map { Count($0).words } ?? "not to be asked as it stands"
      return TextLayout.padded(check.id, to: width) + "  " + words
    }
    lines += ["", "\(checks.count.counted("check")): \(all.words); on go, the run", ""]
    lines += ["run of \(shown.line(run.pipeline))"] + bounds.map { "  " + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private var bounds: [String] {
    let tokens =
      run.tokens.map { "at most about \($0): \(run.tokensPerText ?? 0) for a text" }
      ?? "not bounded: the pipeline has no max_characters"
    let dollars = run.tokens.flatMap { tokens in
      run.dollarsPerMillionTokens.map { dollarText(Double(tokens) * $0 / 1e6) }
    }
    return [
      "rows      at most \(run.rows)",
      "requests  about \(run.requests), each of at most \(run.batch.counted("text"))",
      "tokens    \(tokens)",
      "cost      "
        + (dollars.map { "at most about \($0)" }
          ?? (run.dollarsPerMillionTokens == nil ? "price not known" : "not bounded")),
    ]
  }
}

/// How often services are asked.
private struct Count {
  private var requests = 0
  private var statements = 0
  /// Whether some of it is asked only where an answer calls for it.
  private var isBound = false
  private var looksHere = false

  init(_ questions: [Question]) {
    for question in questions {
      switch question.wire {
      case .http: requests += 1
      case .read: statements += 1
      case .rolledBack(let list): statements += list.count
      case .here: looksHere = true
      }
      isBound = isBound || question.condition != nil
    }
  }

  var words: String {
    let parts = [(requests, "request"), (statements, "statement")].filter { $0.0 > 0 }
    guard !parts.isEmpty else { return looksHere ? "looks at this machine alone" : "asks no more" }
    return (isBound ? "at most " : "")
      + parts.map { $0.0.counted($0.1) }.joined(separator: " and ")
  }
}
