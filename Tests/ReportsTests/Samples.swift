import Checklist
import Core
import Gate
import Monitor
import Reports

/// Swift Testing has an `ExitStatus` of its own.
typealias ProgramStatus = ExitStatus

/// Reports as the commands hand them over, with one fixed hour and one fixed checklist.
enum Sample {
  static let path = "checklists/embeddings.yaml"
  static let digest = "sha256:5d41402abc4b2a76b9719d911017c592"

  static func outcome(
    _ id: String, _ finding: Finding, title: String? = nil, kind: String? = nil,
    severity: CheckSeverity = .block, line: Int, milliseconds: Int = 3, attempts: Int = 1,
    waiver: Waiver? = nil
  ) -> Outcome {
    let location = SourceLocation(file: path, line: line, column: 5)
    let check = CheckIdentity(
      id: id, kind: kind ?? id, title: title, severity: severity, location: location,
      waiver: waiver)
    let isSkipped = finding.status == .skip
    return Outcome(
      check: check, finding: finding,
      duration: isSkipped ? .zero : .milliseconds(milliseconds),
      attempts: isSkipped ? 0 : attempts)
  }

  static func waiver(isOver: Bool = false) -> Waiver {
    Waiver(
      reason: "the index is built on Sunday", owner: "search-team",
      until: Timestamp(milliseconds: 1_795_428_000_000).day, isOver: isOver)
  }

  static func report(
    _ outcomes: [Outcome]? = nil, run: RunReport? = nil,
    runs: [RunReport]? = nil, exit: ExitStatus? = nil,
    next: String? = nil, milliseconds: Int = 412, leftOut: Int = 0,
    secrets: [Secret] = []
  ) -> Report {
    let verdict = outcomes.map { Verdict($0, planned: $0.count, leftOut: leftOut) }
    return Report(
      toolVersion: "0.1.0", checklistPath: path, checklistDigest: digest, phase: .preDeploy,
      startedAt: Timestamp(milliseconds: 1_795_428_000_000),
      duration: .milliseconds(milliseconds), verdict: verdict,
      runs: runs ?? [run].compactMap(\.self),
      exit: exit ?? verdict.map { ExitStatus($0, failOnWarnings: false) } ?? .go, next: next,
      redactor: Redactor(secrets))
  }

  static let healthy = report(
    [
      outcome(
        "service.database",
        .pass("connected to PostgreSQL 18.1", evidence: ["server_version": .text("18.1")]),
        kind: "postgres", line: 6, milliseconds: 12),
      outcome(
        "secret.openai", .pass("OPENAI_API_KEY is set and is stored in edge"), kind: "secret",
        line: 17, milliseconds: 151),
      outcome(
        "dimension",
        .pass(
          "the model, the probe and the column agree on 384",
          evidence: [
            "probe": .number(384), "indexes": .list(["issues_embedding_idx"]),
            "searched": .flag(false),
          ]),
        title: "One dimension everywhere", line: 29, milliseconds: 96),
      outcome(
        "jobs.healthy", .pass("no job is stuck"), kind: "jobs", severity: .warn, line: 51),
    ], next: "preflight launch checklists/embeddings.yaml")

  static let postmortem = report(
    [
      outcome(
        "service.database", .pass("connected to PostgreSQL 18.1"), kind: "postgres", line: 6,
        milliseconds: 12),
      outcome(
        "secret.openai",
        .fail(
          "OPENAI_API_KEY holds the provider's placeholder", expected: "a key that starts with sk-",
          observed: "a placeholder",
          fix: "supabase secrets set OPENAI_API_KEY=\"$OPENAI_API_KEY\""),
        kind: "secret", line: 17, milliseconds: 1),
      outcome(
        "key.openai",
        .fail(
          "the endpoint refused the key", expected: "an embedding",
          observed: "401 invalid_api_key", fix: "export OPENAI_API_KEY=…"),
        title: "The key is good for the model", kind: "api_key", line: 22, milliseconds: 1_204),
      outcome(
        "dimension",
        .fail(
          "text-embedding-3-small gives 1536 numbers where similarity_cache.embedding takes 384",
          expected: "384", observed: "1536",
          fix: "services:\n  embedder:\n    dimensions: 384\n"),
        line: 29, milliseconds: 96),
      outcome(
        "rpc.progress",
        .fail(
          "there is no function increment_embedding_job_progress(job_id uuid, increment_count "
            + "integer)",
          expected: "increment_embedding_job_progress(job_id uuid, increment_count integer)",
          observed: "no function of that name",
          fix: """
            CREATE FUNCTION increment_embedding_job_progress(job_id uuid, increment_count integer) RETURNS void
            LANGUAGE sql AS $$

              UPDATE embedding_jobs SET items_processed = items_processed + increment_count WHERE id = job_id;
            $$;
            """),
        kind: "function", line: 33, milliseconds: 4),
      outcome(
        "upsert.cache",
        .fail(
          "no unique index of similarity_cache fits on_conflict",
          expected: "a unique index on (repository_id, item_type, item_id)", observed: "none",
          fix: "ALTER TABLE similarity_cache ADD UNIQUE (repository_id, item_type, item_id);"),
        kind: "upsert", line: 38, milliseconds: 5),
      outcome(
        "key.rest",
        .fail(
          "the function is not in the schema cache", expected: "200", observed: "404 PGRST202",
          fix: "NOTIFY pgrst, 'reload schema';"),
        kind: "function", line: 41, milliseconds: 33),
      outcome("round.trip", .skip(because: "key.openai"), kind: "round_trip", line: 44),
      outcome(
        "jobs.healthy",
        .fail(
          "2 jobs make no progress", expected: "no job without progress for 30m", observed: "2",
          fix: "preflight jobs recover --dry-run"),
        kind: "jobs", severity: .warn, line: 51),
      outcome(
        "jobs.backlog", .cannotTell("permission denied for view items_needing_embeddings"),
        kind: "jobs", severity: .warn, line: 56, milliseconds: 2),
    ], next: "preflight explain secret.openai", milliseconds: 1_311)

  static let undecided = report(
    [
      outcome(
        "service.database",
        .cannotTell(
          "no answer within 5s, its timeout", expected: "an answer within 5s", observed: "none"),
        kind: "postgres", line: 6, milliseconds: 5_001, attempts: 3),
      outcome("dimension", .skip(because: "service.database"), line: 29),
    ], next: "preflight check --only 'service.*'", milliseconds: 5_004, leftOut: 7)

  static let verifiedRun = RunReport(
    ending: .verified, pipeline: "issues", jobID: "7d0c2c1e-6a35-4a54-9c5f-0d4f6f4f3a11",
    items: 100, processed: 100, duration: .milliseconds(2_427), requests: 7, tokens: 9_120,
    dollars: 9_120 * 0.02 / 1e6, audit: Audit(selfSearch: .pass),
    samples: [
      Observation(at: .milliseconds(500), total: 100, processed: 21, inFlight: 2),
      Observation(at: .milliseconds(2_427), total: 100, processed: 100),
    ])

  static let abortedRun = RunReport(
    ending: .aborted(
      .auditFailed, "3 stored items have no current vector; the job row says 100, stored are 97"),
    pipeline: "issues", items: 100, processed: 97, failed: 2, skipped: 1, duration: .seconds(65),
    requests: 9, retries: 2, tokens: 9_120,
    audit: Audit(
      missing: 3, duplicates: 1, selfSearch: .notRun,
      jobRow: "the job row says 100, stored are 97", stuckJobs: 1))

  static let verified = report(
    [outcome("dimension", .pass("all agree on 384"), line: 29)], run: verifiedRun,
    next: "preflight jobs")

  static let aborted = report(
    [outcome("dimension", .pass("all agree on 384"), line: 29)], run: abortedRun,
    exit: .runFailed, next: "preflight jobs recover --dry-run")
}

extension Sample {
  /// One outcome of each kind, and a run.
  static let excerpt: Report = {
    var report = postmortem
    let ids: Set<String> = ["service.database", "dimension", "round.trip", "jobs.healthy"]
    let outcomes = postmortem.verdict?.outcomes.filter { ids.contains($0.check.id) } ?? []
    report.verdict = Verdict(outcomes, planned: outcomes.count, leftOut: 7)
    report.runs = [verifiedRun]
    return report
  }()
}
