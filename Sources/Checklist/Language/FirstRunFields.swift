/// When a first run is stopped, and when it counts as healthy.
package enum FirstRunFields {
  package static let firstRun = [
    Field(
      "pipeline", .identifier, "The pipeline to run; need not be named where there is just one.",
      example: "issues"),
    Field(
      "items", .whole(1...10_000_000), "The rows to embed.", example: "100", defaultText: "100"),
    Field(
      "ramp", .list(.choiceOfShapes([.whole(1...10_000_000), .word(["all"])]), atLeast: 1),
      "Rows after which the run is judged before it goes on.", example: "[1, 20, all]",
      defaultText: "1, 20, all"),
    Field(
      "deadline", .duration, "How long the run may take.", example: "10m", defaultText: "10m"),
    Field("abort_when", .record(abortWhen), "What stops the run.", defaultText: "{}"),
    Field(
      "verified_when", .record(verifiedWhen), "What must hold in the end.",
      defaultText: "{}"),
    Field(
      "allow_empty", .flag, "Whether a run that found nothing to embed is healthy.",
      example: "true", defaultText: "false"),
  ]

  package static let abortWhen = [
    Field(
      "no_progress_for", .duration, "The longest stretch without a stored vector.",
      example: "60s", defaultText: "60s"),
    Field(
      "failed_items", .comparisonOf([.percentage, .number]), "Failed rows that are too many.",
      example: "\"> 2%\"", defaultText: "> 2%"),
  ]

  package static let verifiedWhen = [
    Field(
      "processed", .comparisonOf([.percentage]),
      "The share of rows stored; a bare percentage means at least that.",
      example: "100%", defaultText: ">= 100%"),
    Field("rate", .comparisonOf([.rate]), "Rows stored per second.", example: "\">= 1/s\""),
    Field(
      "stuck_jobs", .comparisonOf([.number]), "Jobs without progress after the run.",
      example: "0", defaultText: "0"),
  ]
}
