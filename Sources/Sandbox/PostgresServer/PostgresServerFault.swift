internal import Core

/// Why a throw-away Postgres, or the pooler before it, could not be had.
package enum PostgresServerFault: Error, Sendable, Equatable {
  /// No Postgres with pgvector is among the places that are looked in.
  case notFound
  /// The named folder does not serve, for this reason.
  case unusable(binaries: String, reason: String)
  case directoryNotCreated(String, reason: String)
  /// The server, or `initdb` before it, ended with these last words.
  case endedAtOnce(reason: String)
  case notReady(within: Duration, reason: String)
  case poolerNotFound
  case poolerEndedAtOnce(reason: String)
  case noPort
  case cancelled

  package var message: String {
    switch self {
    case .notFound:
      "no Postgres with pgvector was found; scripts/setup fetches one, --postgres-bin names one"
    case .unusable(let binaries, let reason):
      "the Postgres in \(binaries) cannot be used: \(reason)"
    case .directoryNotCreated(let path, let reason): "cannot create \(path): \(reason)"
    case .endedAtOnce(let reason): "Postgres did not start: \(reason)"
    case .notReady(let limit, let reason): "Postgres was not ready within \(limit.text): \(reason)"
    case .poolerNotFound: "no PgBouncer was found; on Debian: apt-get install pgbouncer"
    case .poolerEndedAtOnce(let reason): "PgBouncer did not start: \(reason)"
    case .noPort: "no free port on 127.0.0.1"
    case .cancelled: "the start of Postgres was cancelled"
    }
  }
}
