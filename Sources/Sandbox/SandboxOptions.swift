/// How a sandbox is to be.
package struct SandboxOptions: Sendable {
  /// The folder of `initdb` and `postgres`; without one they are looked for.
  package var postgresBinaries: String?
  /// A JSONL file of rows to load in place of the sandbox's own.
  package var rows: String?
  package var faults: Set<SandboxFault>
  /// How long an embeddings request takes beside the work itself, for benchmarks.
  package var latency: Duration
  /// Whether `DATABASE_URL` leads through a PgBouncer in transaction mode.
  package var pgbouncer: Bool

  package init(
    postgresBinaries: String? = nil, rows: String? = nil, faults: Set<SandboxFault> = [],
    latency: Duration = .zero, pgbouncer: Bool = false
  ) {
    self.postgresBinaries = postgresBinaries
    self.rows = rows
    self.faults = faults
    self.latency = latency
    self.pgbouncer = pgbouncer
  }
}
