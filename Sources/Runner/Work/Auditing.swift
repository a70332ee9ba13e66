internal import Core
internal import Monitor
internal import Postgres

/// Looks at what a run left in the user's tables, by SQL alone.
struct Auditing: Sendable {
  let queue: RunQueue
  /// A second connection, on which rows are searched for while they are counted on the first.
  let second: Database
  /// The length that every vector must have, or nil where no column declares one.
  let dimension: Int?
  /// How long a job may stand still, or nil where nobody asks.
  let stuckAfter: Duration?

  /// What the items say, counted one by one.
  struct Recount: Sendable, Equatable {
    var stored: Int
    var dead: Int
    var gone: Int
  }

  func recount() async throws(PostgresFault) -> Recount {
    let row = try await queue.database.query(QueueSQL.recount, [.text(queue.runID)]).only
    return Recount(
      stored: try row.int("stored"), dead: try row.int("dead"), gone: try row.int("gone"))
  }

  func audit(total: Int, stored: Int) async throws(PostgresFault) -> Audit {
    async let search = searched()
    _ = try await queue.database.query(QueueSQL.countBatches)
    var audit = Audit(selfSearch: .notRun)
    for place in queue.sql.vectorTargets {
      let row = try await look(at: place)
      audit.missing += try row.int("missing")
      audit.wrongDimension += try row.int("wrong_dimension")
      audit.zeroNorm += try row.int("zero_norm")
      audit.duplicates = max(audit.duplicates, try row.int("duplicates"))
    }
    audit.selfSearch = try await search.get()
    if let job = queue.sql.facts.job, let jobID = queue.jobID {
      let statements = JobSQL(facts: job)
      audit.jobRow = try await jobFault(statements, jobID, total: total, stored: stored)
      if let stuckAfter {
        guard let statement = statements.countStuck else {
          // What cannot be told is no zero.
          audit.jobRow =
            audit.jobRow
            ?? "stuck jobs cannot be told: \(job.table) has no columns created_at and updated_at"
          return audit
        }
        audit.stuckJobs = try await queue.database.query(
          statement, [.text(jobID), .text(queue.runID), .float8(stuckAfter.seconds)]
        ).only.int("stuck")
      }
    }
    return audit
  }

  /// What of one target is missing or malformed.
  private func look(at place: Int) async throws(PostgresFault) -> Row {
    let (sql, runID, dimension) = (queue.sql, queue.runID, dimension)
    return try await queue.database.transaction { connection async throws(PostgresFault) in
      _ = try await connection.query(PipelineSQL.planAudit)
      return try await connection.query(
        sql.audit(ofTarget: place),
        [.text(runID), dimension.map { .int4(Int32($0)) } ?? .null]
      ).only
    }
  }

  /// Whether sampled rows are found first by their own vectors.
  private func searched() async -> Result<Audit.SelfSearch, PostgresFault> {
    var (searched, found) = (0, 0)
    do throws(PostgresFault) {
      for place in queue.sql.vectorTargets {
        let search = try await second.query(
          queue.sql.selfSearch(inTarget: place), [.text(queue.runID)], timeout: Database.longest)
        searched += try search.only.int("searched")
        found += try search.only.int("found")
      }
    } catch {
      return .failure(error)
    }
    return .success(Audit.SelfSearch(found: found, of: searched))
  }

  private func jobFault(
    _ job: JobSQL, _ jobID: String, total: Int, stored: Int
  ) async throws(PostgresFault) -> String? {
    guard let row = try await queue.database.query(job.read, [.text(jobID)]).first else {
      return "the job row \(jobID) is gone"
    }
    if let told = try row.optionalInt("items_total"), told != total {
      return "the job row says items_total \(told), and the run had \(total)"
    }
    // Where the user has no progress function, the row is told the count when the run ends.
    if job.facts.progress != nil, let told = try row.optionalInt("items_processed"),
      told != stored
    {
      return "the job row says items_processed \(told), and \(stored) are stored"
    }
    return nil
  }
}

extension Rows {
  /// The one row of a statement that counts: none of these answers nothing at all.
  var only: Row {
    get throws(PostgresFault) {
      guard let row = first else { throw .connectionLost(reason: "a count came without a row") }
      return row
    }
  }
}
