internal import Core
internal import Monitor
internal import Postgres

/// Looks at what a run left in the user's tables, by SQL alone.
struct Auditing: Sendable {
  let queue: RunQueue
  /// The length that every vector must have, or nil where no column declares one.
  let dimension: Int?
  let stuckAfter: Duration

  /// What the items say, counted one by one.
  struct Recount: Sendable, Equatable {
    var stored: Int
    var dead: Int
    var gone: Int
  }

  func recount() async throws(PostgresFault) -> Recount {
    guard let row = try await queue.database.query(QueueSQL.recount, [.text(queue.runID)]).first
    else { return Recount(stored: 0, dead: 0, gone: 0) }
    return Recount(
      stored: try row.int("stored"), dead: try row.int("dead"), gone: try row.int("gone"))
  }

  func audit(total: Int, stored: Int) async throws(PostgresFault) -> Audit {
    var audit = Audit(selfSearch: .notRun)
    var (searched, found) = (0, 0)
    for place in queue.sql.vectorTargets {
      let rows = try await queue.database.query(
        queue.sql.audit(ofTarget: place),
        [.text(queue.runID), dimension.map { .int4(Int32($0)) } ?? .null])
      if let row = rows.first {
        audit.missing += try row.int("missing")
        audit.wrongDimension += try row.int("wrong_dimension")
        audit.zeroNorm += try row.int("zero_norm")
        audit.duplicates = max(audit.duplicates, try row.int("duplicates"))
      }
      let search = try await queue.database.query(
        queue.sql.selfSearch(inTarget: place), [.text(queue.runID)])
      if let row = search.first {
        searched += try row.int("searched")
        found += try row.int("found")
      }
    }
    if searched > 0 { audit.selfSearch = searched == found ? .pass : .fail }
    if let job = queue.sql.facts.job, let jobID = queue.jobID {
      let statements = JobSQL(facts: job)
      audit.jobRow = try await jobFault(statements, jobID, total: total, stored: stored)
      audit.stuckJobs = try await stuckJobs(statements, jobID)
    }
    return audit
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

  private func stuckJobs(_ job: JobSQL, _ jobID: String) async throws(PostgresFault) -> Int {
    guard let statement = job.countStuck else { return 0 }
    let rows = try await queue.database.query(
      statement, [.text(jobID), .text(queue.runID), .float8(stuckAfter.seconds)])
    return try rows.first?.int("stuck") ?? 0
  }
}
