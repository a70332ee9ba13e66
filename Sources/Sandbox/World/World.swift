package import Core
internal import Postgres

/// The postmortem's database: its schema and its rows.
package enum World {
  /// Rows of one statement.
  private static let batch = 1_000
  private static let patience = Duration.seconds(60)

  /// Creates everything in an empty database, with the sandbox's own rows.
  package static func create(
    in url: Secret, _ faults: Set<SandboxFault> = []
  ) async throws(SandboxProblem) {
    try await create(in: url, rows: SampleRows.all, faults.expanded)
  }

  /// Creates everything in an empty database, but for what is to come late.
  static func create(
    in url: Secret, rows: [SourceRow], _ faults: Set<SandboxFault>
  ) async throws(SandboxProblem) {
    try await connected(to: url) { connection throws(PostgresFault) in
      try await connection.script(SchemaSQL.script, timeout: patience)
      for (kind, table) in SchemaSQL.tables {
        try await load(rows.filter { $0.kind == kind }, into: table, over: connection)
      }
    }
    try await plant(faults, in: url, rows)
  }

  /// Plants faults in a healthy world with the sandbox's own rows.
  package static func plant(
    _ faults: Set<SandboxFault>, in url: Secret
  ) async throws(SandboxProblem) {
    try await plant(faults.expanded, in: url, SampleRows.all)
  }

  private static func plant(
    _ faults: Set<SandboxFault>, in url: Secret, _ rows: [SourceRow]
  ) async throws(SandboxProblem) {
    try await connected(to: url) { connection throws(PostgresFault) in
      if faults.contains(.modelMasked) {
        try await StoredVectors.load(rows, over: connection, within: patience)
      }
      try await connection.script(FaultSQL.script(faults) + "\nanalyze;", timeout: patience)
    }
  }

  /// Creates what a fault has come late, after the endpoint has started.
  package static func complete(
    in url: Secret, _ faults: Set<SandboxFault>
  ) async throws(SandboxProblem) {
    guard let script = FaultSQL.lateScript(faults.expanded) else { return }
    try await connected(to: url) { connection throws(PostgresFault) in
      try await connection.script(script, timeout: patience)
    }
  }

  private static func connected(
    to url: Secret, _ work: (Connection) async throws(PostgresFault) -> Void
  ) async throws(SandboxProblem) {
    do throws(PostgresFault) {
      let connection = try await Connection.open(
        url, applicationName: "preflight sandbox", timeout: patience)
      do throws(PostgresFault) {
        try await work(connection)
      } catch {
        await connection.close()
        throw error
      }
      await connection.close()
    } catch {
      throw .worldNotCreated(error.message)
    }
  }

  private static func load(
    _ rows: [SourceRow], into table: String, over connection: Connection
  ) async throws(PostgresFault) {
    for start in stride(from: 0, to: rows.count, by: batch) {
      let part = rows[start..<min(start + batch, rows.count)]
      _ = try await connection.query(
        """
        insert into \(table)
          (id, repository_id, number, title, body, created_at, updated_at)
        select id::uuid, repository, number, title, body, at::timestamptz, at::timestamptz
        from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[])
          as given(id, repository, number, title, body, at)
        """,
        [
          .textArray(part.map(\.id)), .textArray(part.map(\.repository)),
          .int4Array(part.map(\.number)), .textArray(part.map(\.title)),
          .textArray(part.map(\.body)), .textArray(part.map(\.createdAt)),
        ], timeout: patience)
    }
  }
}
