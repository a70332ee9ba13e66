internal import Postgres

/// Brings the runner's schema into the database, where it is not there yet.
struct Installation: Sendable {
  let database: Database

  /// Creates what is missing.
  ///
  /// - Throws: `PipelineMismatch` when the role may not create it, or another version of it is there, with
  ///   the way out.
  func install() async throws {
    let found = try await installed()
    guard found != QueueSchema.version else { return }
    guard found == nil else {
      throw PipelineMismatch(
        message: "the schema preflight is another version's; once its runs have ended, remove it: "
          + "psql \"$DATABASE_URL\" -c 'drop schema preflight cascade'"
      )
    }
    do throws(PostgresFault) {
      try await create()
    } catch {
      guard error.sqlState == "42501" else { throw error }
      throw PipelineMismatch(
        message: "this role may not create the schema preflight; let the owner of the database "
          + "run: preflight run --print-schema | psql \"$DATABASE_URL\"")
    }
  }

  /// The version of the schema that is there, or nil where there is none or an empty one.
  private func installed() async throws(PostgresFault) -> String? {
    try await database.query(
      """
      select case when to_regclass('preflight.run') is not null
        then coalesce(obj_description(to_regnamespace('preflight'), 'pg_namespace'), '') end as version
      """
    ).only.optionalText("version")
  }

  private func create() async throws(PostgresFault) {
    // Two workers that start together must not create the same schema at the same time.
    let sql = "begin; select pg_advisory_xact_lock(7237123168425); \(QueueSchema.sql) commit"
    try await database.script(sql)
  }
}
