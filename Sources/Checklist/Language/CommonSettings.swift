/// When in a delivery a check runs.
package enum Phase: String, Sendable, CaseIterable {
  case ci
  case preDeploy = "pre-deploy"
  case postDeploy = "post-deploy"
}

/// Whether a failed check stops the release.
package enum CheckSeverity: String, Sendable, CaseIterable {
  case block
  case warn
}

/// The settings that a check of any kind may have; they hold no variables.
package enum CommonSettings {
  package static let fields = [
    Field(
      "id", .identifier, "The name of the check in reports, filters and `needs`.",
      isRequired: true, example: "dimension"),
    Field("title", .text, "What a person reads in place of the id.", example: "One dimension"),
    Field(
      "severity", .word(CheckSeverity.allCases.map(\.rawValue)),
      "Whether a failure stops the release (`block`) or is only told (`warn`).",
      example: "warn", defaultText: "block"),
    Field(
      "phase", .oneOrMany(.word(Phase.allCases.map(\.rawValue))),
      "When the check runs; in all phases where nothing is said.", example: "post-deploy"),
    Field(
      "needs", .oneOrMany(.identifier),
      "Checks, or services as `service.NAME`, without whose pass this check is skipped.",
      example: "[key.openai]"),
    Field("timeout", .duration, "How long the check may take.", example: "30s"),
    Field(
      "wait_for", .duration,
      "How long to ask again, more and more slowly, until the check passes.", example: "2m"),
    Field(
      "waive", .record(waiver),
      "Lets the release go on although the check does not pass, in somebody's name and for a time."),
    Field("help", .text, "Where to read on when the check fails: a text or a URL."),
  ]

  /// Who answers for a check that does not pass.
  package static let waiver = [
    Field(
      "reason", .text, "Why the release may go on.", isRequired: true,
      example: "\"the index is built on Sunday\""),
    Field("owner", .text, "Who answers for it.", isRequired: true, example: "search-team"),
    Field(
      "until", .day, "The last day, in Universal Time, on which it holds.", isRequired: true,
      example: "2026-12-31"),
  ]
}
