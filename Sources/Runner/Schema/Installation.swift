internal import Postgres

/// Brings the runner's schema into the database, where it is not there yet.
struct Installation: Sendable {
  let database: Database

  /// Creates what is missing.
  ///
  /// - Throws: `PipelineMismatch` when the role may not create it, with the way out.
  func install() async throws {
    guard try await !isInstalled() else { return }
    do throws(PostgresFault) {
      try await create()
    } catch {
      guard error.sqlState == "42501" else { throw error }
      throw PipelineMismatch(
        message: "this role may not create the schema preflight; let the owner of the database "
          + "run: preflight run --print-schema | psql \"$DATABASE_URL\"")
    }
  }

  private func isInstalled() async throws(PostgresFault) -> Bool {
    let found = try await database.query(
      "select to_regprocedure('preflight.require(boolean, text)') is not null as is_there")
    guard let row = found.first else { return false }
    return try row.bool("is_there")
  }

  private func create() async throws(PostgresFault) {
    // Two workers that start together must not create the same schema at the same time.
    let sql = "begin; select pg_advisory_xact_lock(7237123168425); \(QueueSchema.sql) commit"
    try await database.script(sql)
  }
}
