extension PostgresFault {
  /// What a caller that wants the work done does about a fault.
  package enum Disposition: Sendable, Equatable {
    /// The same transaction again: another one was in its way.
    case retry
    /// The same work again on a new connection.
    case reconnect
    /// A new connection, after a while: the server has none to give now.
    case backOff
    /// The same work in smaller parts.
    case split
    /// The data is at fault, not the set-up: leave it out and go on.
    case reject
    /// No repetition helps: a person has to change something.
    case abort
  }

  /// What to do about the fault, by its SQLSTATE where it has one.
  ///
  /// The codes are those of appendix A, "PostgreSQL Error Codes", of the Postgres manual.
  package var disposition: Disposition {
    switch self {
    case .connectionLost, .unreachable, .noRoute, .refused: .reconnect
    // A resolver that fails now may answer in a moment, as in a network that comes up.
    case .nameNotResolved: .backOff
    case .timedOut(.executing, _): .split
    case .timedOut: .backOff
    case .server(let error): PostgresFault.disposition(ofSQLState: error.sqlState)
    case .resultTooLarge: .split
    case .invalidURL, .notPostgres, .tls, .authentication, .databaseMissing, .cancelled,
      .nulInStatement, .copyNotSupported, .transactionEnded, .columnMissing, .unexpectedNull,
      .undecodable, .outOfDescriptors:
      .abort
    }
  }

  /// Whether the same work can succeed later without anybody changing anything.
  package var isTransient: Bool {
    switch disposition {
    case .retry, .reconnect, .backOff, .split: true
    case .reject, .abort: false
    }
  }

  private static func disposition(ofSQLState code: String) -> Disposition {
    switch code {
    // Serialization failure, deadlock, lock not available.
    case "40001", "40P01", "55P03": .retry
    // Shut down by an administrator, after a crash; a standby that this was promoted away from.
    case "57P01", "57P02", "25006": .reconnect
    // Starting up; no connection left.
    case "57P03", "53300": .backOff
    // The statement took longer than the server lets it.
    case "57014": .split
    // Foreign key, unique, not-null and check violations; text the encoding cannot hold; a number that
    // its type cannot hold.
    case "23503", "23505", "23502", "23514", "22021", "22003": .reject
    case let code where code.hasPrefix("08"): .reconnect
    default: .abort
    }
  }
}
