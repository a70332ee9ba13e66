package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether the jobs of a table tell the truth and move.
package struct JobsCheck: CheckKind {
  /// One thing that can be wrong with jobs.
  enum Assertion: String, CaseIterable {
    /// Processing, and no progress for a while.
    case stuck
    /// Completed with nothing done.
    case empty
    /// Failed without a word.
    case silent
    /// Too much left to do.
    case backlog
  }

  package static let declaration = KindDeclaration(
    subject: Field("jobs", .text, "The table of jobs.", example: "embedding_jobs"),
    summary: "No job is stuck, empty or silently failed, and the backlog is bounded.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "stuck_after", .duration, "How long a job may go without progress.", example: "30m",
        defaultText: "30m"),
      Field(
        "backlog", .comparisonOf([.number]), "How many items may be waiting.",
        example: "\"< 5000\""),
      Field(
        "assert", .oneOrMany(.word(Assertion.allCases.map(\.rawValue))),
        "What to ask; everything, and the backlog where it has a bound, if nothing is said.",
        example: "[stuck]"),
    ],
    passesWhen: """
      No job is `processing` without progress for `stuck_after` (stuck); none is `completed` with 0 \
      of its items (empty); none is `failed` without a message (silent); and the items that pending \
      and processing jobs still have to do are within `backlog`.
      """,
    cannotTellWhen: """
      The table or its columns `status`, `items_total`, `items_processed`, `error_message` and \
      `updated_at` (or `started_at`) cannot be read.
      """,
    needs: "`select` on the table, past its row security.",
    failures: [
      .init(
        when: "a job stands still",
        mending: """
          See why its worker stopped, then fail the job by the SQL of the finding so that it \
          can be started again.
          """),
      .init(
        when: "a job is `completed` with nothing done",
        mending: """
          Its errors were swallowed: mend the code, then fail the job by the SQL of the \
          finding.
          """),
      .init(
        when: "a job failed without a message",
        mending: "Have the code store the error."),
      .init(
        when: "the backlog is too long",
        mending: "Run `preflight run --until-empty`, or add workers."),
    ])

  private let table: QualifiedName
  private let database: String
  private let stuckAfter: Duration
  private let backlog: Comparison?
  private let assertions: [Assertion]

  package init(_ settings: Settings) throws(Diagnostic) {
    table = try settings.tableName("jobs")
    database = settings.text("in")
    stuckAfter = settings.duration("stuck_after")
    backlog = settings.optionalComparison("backlog")
    let named = settings.texts("assert").compactMap { Assertion(rawValue: $0) }
    if named.contains(.backlog), backlog == nil {
      throw Diagnostic(
        "`assert` names the backlog, which has no bound",
        at: settings["assert"]?.location ?? settings.location, help: "add `backlog: \"< 5000\"`")
    }
    let usual: [Assertion] = backlog == nil ? [.stuck, .empty, .silent] : Assertion.allCases
    assertions = named.isEmpty ? usual : named
  }

  package var services: [String] { [database] }

  package func questions(in services: Services) -> [Question] {
    [.reading(JobCounts.query(table, stuckAfter: stuckAfter), of: database)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    await services.reading(from: database, within: timeout) { connection throws(PostgresFault) in
      let counts: JobCounts
      do throws(PostgresFault) {
        counts = try await JobCounts.read(table, stuckAfter: stuckAfter, over: connection)
      } catch {
        guard let finding = refusal(error, connection.server.user) else { throw error }
        return finding
      }
      return counts.isHidden ? hidden(connection.server) : judged(counts)
    }
  }

  /// The finding where the table is not there or not to be read; nil for other faults.
  private func refusal(_ fault: PostgresFault, _ user: String) -> Finding? {
    guard case .server(let error) = fault else { return nil }
    if error.sqlState == "42501", !error.message.contains("schema") {
      return .cannotTell(
        error.message, expected: "a role that may read \(table.sql)", observed: error.message,
        fix: "grant select on \(table.sql) to \(SQLText.name(user));")
    }
    guard ["42P01", "42703"].contains(error.sqlState) else { return nil }
    return .fail(
      error.message, expected: "a table \(table.sql) of jobs", observed: error.message,
      fix: error.sqlState == "42P01"
        ? "jobs: …   # the name of the table of jobs"
        : "alter table \(table.sql) add column …;   -- or name the column as the sandbox's schema does"
    )
  }

  private func hidden(_ server: ServerFacts) -> Finding {
    .cannotTell(
      "row security may hide jobs of \(table.sql) from \(server.user)",
      expected: "a role that sees every job", observed: "row security is active",
      fix: """
        create policy "preflight reads jobs" on \(table.sql) for select to \
        \(SQLText.name(server.user)) using (true);   -- or connect as a role with bypassrls
        """)
  }

  private func judged(_ counts: JobCounts) -> Finding {
    var observed: [String] = []
    var expected: [String] = []
    var fixes: [String] = []
    for assertion in assertions {
      switch assertion {
      case .stuck:
        expected.append("no job without progress for \(stuckAfter.text)")
        guard counts.stuck > 0 else { continue }
        // Seconds beside hours would only make the same finding look new each time.
        let minutes = counts.longestStuck / 60
        let since = Duration.seconds(minutes > 0 ? minutes * 60 : counts.longestStuck).text
        observed.append(
          "\(jobs(counts.stuck)) stuck in processing, the longest without progress for \(since)")
        fixes.append(counts.failing(table, .stuck, after: stuckAfter))
      case .empty:
        expected.append("no job completed with 0 of its items")
        guard counts.empty > 0 else { continue }
        observed.append("\(jobs(counts.empty)) completed with 0 of \(counts.emptyItems) items")
        fixes.append(counts.failing(table, .empty, after: stuckAfter))
      case .silent:
        expected.append("a message with each failed job")
        guard counts.silent > 0 else { continue }
        observed.append("\(jobs(counts.silent)) failed without a message")
        fixes.append(counts.failing(table, .silent, after: stuckAfter))
      case .backlog:
        guard let backlog else { continue }
        expected.append("a backlog \(backlog.relation == .equal ? "of " : "")\(backlog.text)")
        guard !backlog.holds(for: Double(counts.backlog)) else { continue }
        observed.append("a backlog of \(counts.backlog) items")
        fixes.append("preflight run --until-empty")
      }
    }
    let evidence: [String: Evidence] = [
      "stuck": .number(Double(counts.stuck)), "empty": .number(Double(counts.empty)),
      "silent": .number(Double(counts.silent)), "backlog": .number(Double(counts.backlog)),
    ]
    guard !observed.isEmpty else {
      let asked = expected.joined(last: "and")
      return .pass("\(table.sql) has \(asked)", evidence: evidence)
    }
    let text = observed.joined(separator: "; ")
    return .fail(
      "\(table.sql): \(text)", expected: expected.joined(separator: "; "), observed: text,
      fix: fixes.joined(separator: "\n"), evidence: evidence)
  }

  private func jobs(_ count: Int) -> String { count == 1 ? "1 job" : "\(count) jobs" }
}
