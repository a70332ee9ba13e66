package import Checklist
package import Core
package import Monitor
internal import Postgres

/// Why the jobs of a pipeline could not be listed.
package struct ListingFault: Error, Sendable, Equatable {
  package let message: String
}

/// Reads how the jobs and the queue of a pipeline stand; it changes nothing.
package struct JobListing: Sendable {
  /// How many of the user's job rows are listed.
  static let jobs = 10

  private let pipeline: Pipeline
  private let url: Secret

  package init(pipeline: Pipeline, database: Secret) {
    self.pipeline = pipeline
    url = database
  }

  /// Looks at the database once.
  package func read() async throws(ListingFault) -> JobOverview {
    let database = Database(url)
    let result: Result<JobOverview, ListingFault>
    do {
      result = .success(try await overview(from: database))
    } catch let fault as PostgresFault {
      result = .failure(ListingFault(message: fault.message))
    } catch let mismatch as PipelineMismatch {
      result = .failure(ListingFault(message: mismatch.message))
    } catch {
      result = .failure(ListingFault(message: String(describing: error)))
    }
    await database.close()
    return try result.get()
  }

  private func overview(from database: Database) async throws -> JobOverview {
    let facts = try await CatalogReader(database: database).facts(for: pipeline)
    let sql = PipelineSQL(pipeline: pipeline, facts: facts)
    let pending = try await database.query(sql.countWaiting).first?.int("waiting") ?? 0
    var overview = JobOverview(pipeline: pipeline.name, pending: pending, jobs: [])
    if let job = facts.job { overview.jobs = try await jobs(JobSQL(facts: job), database) }
    let installed = try await database.query(
      "select to_regclass('preflight.batch') is not null as is_there")
    guard try installed.first?.bool("is_there") == true else { return overview }
    overview.run = try await run(database)
    overview.dead = try await dead(database)
    return overview
  }

  private func jobs(
    _ job: JobSQL, _ database: Database
  ) async throws(PostgresFault) -> [JobOverview.Job] {
    var jobs: [JobOverview.Job] = []
    for row in try await database.query(job.list, [.int4(Int32(JobListing.jobs))]) {
      jobs.append(
        JobOverview.Job(
          id: try row.text("id"), status: try row.text("status"),
          processed: try row.optionalInt("items_processed"),
          total: try row.optionalInt("items_total"),
          age: try row.optionalDouble("age").map { .seconds($0) },
          idle: try row.optionalDouble("idle").map { .seconds($0) },
          message: try row.optionalText("error_message")))
    }
    return jobs
  }

  private func run(_ database: Database) async throws(PostgresFault) -> JobOverview.Run? {
    guard let row = try await database.query(QueueSQL.openRun, [.text(pipeline.name)]).first
    else { return nil }
    return JobOverview.Run(
      state: RunState(rawValue: try row.text("state")) ?? .running, total: try row.int("total"),
      finished: try row.int("finished"), age: .seconds(try row.double("age")),
      claimable: try row.int("claimable"), leased: try row.int("leased"),
      waiting: try row.int("waiting"), workers: try row.int("workers"))
  }

  private func dead(_ database: Database) async throws(PostgresFault) -> [JobOverview.Dead] {
    var dead: [JobOverview.Dead] = []
    for row in try await database.query(QueueSQL.dead, [.text(pipeline.name)]) {
      dead.append(
        JobOverview.Dead(
          className: try row.text("class"), count: try row.int("items"),
          sample: try row.text("sample")))
    }
    return dead
  }
}
