internal import Checklist
internal import Core
internal import Monitor
internal import Postgres

/// Begins a run, or joins the one that is open: a restart goes on where a killed process stopped.
struct RunOpening: Sendable {
  enum Opened: Sendable {
    case run(RunQueue, isResumed: Bool)
    /// No source row waits, but for those that have their vectors already.
    case nothingToDo(unchanged: Int)
    /// Somebody is at work on this pipeline with another definition of it.
    case held
  }

  let sql: PipelineSQL
  /// What the run depends on besides the pipeline: endpoint, model, dimensions.
  let model: String
  let hasRamp: Bool
  let redactor: Redactor
  let database: Database

  func open() async throws(PostgresFault) -> Opened {
    // Each turn either ends, or removes an open run that nobody works on.
    while true {
      if let opened = try await begin() { return opened }
      guard let row = try await openRun() else { continue }
      let queue = RunQueue(
        runID: try row.text("id"), jobID: try row.optionalText("job_id"), sql: sql,
        redactor: redactor, database: database)
      if try row.bool("is_same") { return .run(queue, isResumed: true) }
      if try row.bool("is_alive") { return .held }
      try await queue.end(
        .interrupted, reason: nil,
        detail: "its worker ended, and the pipeline was changed before another came")
    }
  }

  private var definition: String {
    "\(sql.pipeline.from) \(sql.pipeline.targets) \(String(describing: sql.pipeline.job)) \(model)"
  }

  private func openRun() async throws(PostgresFault) -> Row? {
    try await database.query(
      QueueSQL.open,
      [.text(sql.pipeline.name), .text(definition), sql.choice.words.map { .text($0) } ?? .null]
    ).first
  }

  /// Begins a run in one transaction with its items and its job row, or answers nil where one is
  /// open already.
  private func begin() async throws(PostgresFault) -> Opened? {
    let (sql, definition, hasRamp, redactor) = (sql, definition, hasRamp, redactor)
    let begun = try await database.transaction { connection async throws(PostgresFault) in
      let begun = try await connection.query(
        QueueSQL.begin,
        [.text(sql.pipeline.name), .text(definition), .text(RunState.starting.rawValue)])
      guard let runID = try begun.first?.text("id") else { return Begun.none }
      var unchanged = 0
      if let refresh = sql.refresh {
        unchanged = try await connection.query(refresh).first?.int("unchanged") ?? 0
      }
      let seeded = try await connection.query(
        sql.seed,
        [
          .text(runID), .text(sql.pipeline.name),
          sql.choice.items.map { .int4(Int32(clamping: $0)) } ?? .null,
          .int4(Int32(clamping: sql.pipeline.batch)),
        ]
      ).only.int("items")
      guard seeded > 0 else {
        _ = try await connection.query(
          QueueSQL.end,
          [.text(runID), .text(RunState.nothingToDo.rawValue), .null, .null])
        return Begun.empty(unchanged: unchanged)
      }
      _ = try await connection.query(QueueSQL.countBatches)
      var jobID: String?
      if let job = sql.facts.job {
        jobID = try await connection.query(
          JobSQL(facts: job).begin, [.int4(Int32(clamping: seeded))]
        ).first?.text("id")
      }
      _ = try await connection.query(
        QueueSQL.seeded,
        [
          .text(runID), .int4(Int32(clamping: seeded)), jobID.map { .text($0) } ?? .null,
          .text((hasRamp ? RunState.canary : .running).rawValue),
          sql.choice.words.map { .text(redactor.redact($0)) } ?? .null,
          .bool(sql.choice.isPart(of: seeded)), .int4(Int32(clamping: unchanged)),
          sql.choice.words.map { .text($0) } ?? .null,
        ])
      return Begun.run(id: runID, jobID: jobID)
    }
    switch begun {
    case .none: return nil
    case .empty(let unchanged): return .nothingToDo(unchanged: unchanged)
    case .run(let id, let jobID):
      let queue = RunQueue(
        runID: id, jobID: jobID, sql: sql, redactor: redactor, database: database)
      return .run(queue, isResumed: false)
    }
  }

  private enum Begun: Sendable {
    case none
    case empty(unchanged: Int)
    case run(id: String, jobID: String?)
  }
}

extension RunQueue {
  /// Ends the run and tells its job row, in one transaction; the first to do so is heard.
  ///
  /// The detail is the reason in words, for the job row too.
  func end(
    _ state: RunState, reason: AbortReason?, detail: String?
  ) async throws(PostgresFault) {
    let (runID, jobID, job) = (runID, jobID, sql.facts.job)
    let detail = detail.map(told) ?? .null
    try await database.transaction { connection async throws(PostgresFault) in
      let counted = try await connection.query(QueueSQL.recount, [.text(runID)])
      let stored = Int32(try counted.first?.int("stored") ?? 0)
      let ended = try await connection.query(
        QueueSQL.end,
        [
          .text(runID), .text(state.rawValue), reason.map { .text($0.rawValue) } ?? .null,
          detail,
        ])
      guard try ended.first?.int("ended") == 1, let job, let jobID else { return }
      _ = try await connection.query(
        JobSQL(facts: job).end,
        [
          .text(jobID), .text(state == .verified ? "completed" : "failed"), .int4(stored),
          detail,
        ])
    }
  }
}
