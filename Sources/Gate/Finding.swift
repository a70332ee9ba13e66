/// What became of a check.
package enum Status: String, Sendable, CaseIterable {
  case pass
  case fail
  /// It could not be told whether the thing is true; never a pass.
  case error
  /// It was not asked, because something that it needs does not stand.
  case skip
}

/// A fact that was seen while judging, kept for machines and for `-v`.
package enum Evidence: Sendable, Equatable {
  case text(String)
  case number(Double)
  case flag(Bool)
  case list([String])
}

/// What a check has to say once it has run.
package struct Finding: Sendable, Equatable {
  package let status: Status
  /// One sentence, without a full stop.
  package let message: String
  package let expected: String?
  package let observed: String?
  /// Text that a person can paste: SQL, a shell command, or lines of YAML.
  package let fix: String?
  /// The id of the check that holds this one up, where there is one.
  package let because: String?
  package let evidence: [String: Evidence]

  private init(
    _ status: Status, _ message: String, expected: String? = nil, observed: String? = nil,
    fix: String? = nil, because: String? = nil, evidence: [String: Evidence] = [:]
  ) {
    self.status = status
    self.message = message
    self.expected = expected
    self.observed = observed
    self.fix = fix
    self.because = because
    self.evidence = evidence
  }

  /// It was asked, and it is true.
  package static func pass(_ message: String, evidence: [String: Evidence] = [:]) -> Finding {
    Finding(.pass, message, evidence: evidence)
  }

  /// It was asked, and it is not true.
  package static func fail(
    _ message: String, expected: String, observed: String, fix: String,
    evidence: [String: Evidence] = [:]
  ) -> Finding {
    Finding(
      .fail, message, expected: expected, observed: observed, fix: fix, evidence: evidence)
  }

  /// It was asked, and there was no answer that tells.
  package static func cannotTell(
    _ message: String, expected: String? = nil, observed: String? = nil, fix: String? = nil,
    evidence: [String: Evidence] = [:]
  ) -> Finding {
    Finding(
      .error, message, expected: expected, observed: observed, fix: fix, evidence: evidence)
  }

  /// It was not asked, since another check did not pass.
  package static func skip(because id: String) -> Finding {
    Finding(.skip, "not asked, because \(id) does not stand", because: id)
  }
}
