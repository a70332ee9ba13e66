/// One check as the gate carries it out: what must come first, how long it may take, how to ask.
package struct PlannedCheck: Sendable {
  package let identity: CheckIdentity
  /// Ids that must have passed; the check is skipped when one has not.
  package let needs: [String]
  /// Ids whose end the check waits for, however they end: the services that it uses.
  package let follows: [String]
  /// For each time that it is asked.
  package let timeout: Duration
  /// How long it is asked again until it passes.
  package let waitFor: Duration
  /// What it would ask, worked out without asking; nil where its variables do not let it ask anything.
  package let questions: @Sendable () -> [Question]?
  /// Asks; the argument counts how often it has been asked, from 1.
  package let run: @Sendable (_ attempt: Int) async -> Finding

  package init(
    identity: CheckIdentity, needs: [String] = [], follows: [String] = [], timeout: Duration,
    waitFor: Duration = .zero, questions: @escaping @Sendable () -> [Question]? = { nil },
    run: @escaping @Sendable (_ attempt: Int) async -> Finding
  ) {
    self.identity = identity
    self.needs = needs
    self.follows = follows
    self.timeout = timeout
    self.waitFor = waitFor
    self.questions = questions
    self.run = run
  }
}

/// The checks of one go at the gate, in the checklist's order.
package struct Plan: Sendable {
  package let checks: [PlannedCheck]
  /// How many of the checklist's checks of this phase a person left out.
  package let leftOut: Int

  /// A plan of these checks.
  ///
  /// Their ids are unique and `needs` and `follows` name no cycle: the checklist's reader has seen
  /// to that. An id that is not part of the plan (of another phase, say) is waited for by nobody,
  /// and a check that *needs* it is skipped.
  package init(_ checks: [PlannedCheck], leftOut: Int = 0) {
    self.checks = checks
    self.leftOut = leftOut
  }
}
