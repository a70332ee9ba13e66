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
    Field("help", .text, "Where to read on when the check fails: a text or a URL."),
  ]
}
