internal import Core
internal import Monitor

// The part of a report that tells of a first run.
extension ReportSchema {
  static let run = JSONDocument.object(
    record(
      "Run", "How the run went.",
      [
        ("verdict", word("How it ended.", RunReport.verdicts)),
        (
          "reason",
          value(
            "Why it was aborted.",
            [("enum", .list(AbortReason.allCases.map { .text($0.rawValue) } + [.null]))])
        ),
        ("message", textOrNull("The reason in words.")),
        ("pipeline", text("What was embedded.", example: "issues")),
        ("job_id", textOrNull("The key of the row in the table of jobs.")),
        ("items", count("Rows to embed.")),
        ("processed", count("Rows stored.")),
        ("failed", count("Rows given up.")),
        ("unchanged", count("Rows that had the vectors of their texts already.")),
        ("part", textOrNull("The choice of rows that left others out.")),
        (
          "rate_per_second",
          value("Rows stored per second.", [("type", .list([.text("number"), .text("null")]))])
        ),
        ("requests", count("Requests sent.")),
        ("retries", count("Requests sent again.")),
        ("tokens", count("Tokens that the endpoint counted.")),
        (
          "cost_usd",
          value(
            "Dollars; null where the model's price is not known.",
            [("type", .list([.text("number"), .text("null")]))])
        ),
        ("audit", orNull(audit)),
        ("samples", list("The run as it was watched, evenly apart.", sample)),
      ]))

  private static let audit = JSONDocument.object(
    record(
      "Audit", "What SQL found in the database after the run.",
      [
        ("missing", count("Stored rows without a current vector.")),
        ("wrong_dimension", count("Vectors of a wrong dimension.")),
        ("zero_norm", count("Vectors without direction.")),
        ("duplicates", count("Vectors that stand at more than one text.")),
        (
          "self_search",
          word(
            "Whether a stored row is found first by its own vector.",
            Audit.SelfSearch.allCases.map(\.rawValue))
        ),
      ]))

  private static let sample = JSONDocument.object(
    record(
      "Sample", "One look at the run.",
      [
        ("at_ms", count("Milliseconds since its start.")),
        ("processed", count("Rows stored by then.")),
        ("failed", count("Rows given up by then.")),
        ("in_flight", count("Requests under way.")),
      ]))
}
