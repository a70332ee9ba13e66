internal import Checklist
internal import Core
internal import Gate
internal import Postgres

/// Who writes a row that is taken back.
struct Writer: Sendable, Equatable {
  static let field = Field(
    "as", .text, "The role that really writes, which the connection's user has to be a member of.",
    example: "embedding_worker")

  /// The role to become; nil for the connection's own user.
  let role: String?

  /// Reads the field `as`.
  init(_ settings: Settings) throws(Diagnostic) {
    role = settings.optionalText("as")
    // `set role none` becomes nobody else.
    if role == "none" {
      throw Diagnostic(
        "\"none\" is no name of a role", at: settings["as"]?.location ?? settings.location,
        help: "leave `as` out to write as the connection's own user")
    }
  }

  /// What makes the rest of the transaction the writer's, in order.
  var statements: [String] {
    [Services.lockLimit] + (role.map { ["set local role \(SQLText.name($0))"] } ?? [])
  }

  /// The name of who writes.
  func name(_ server: ServerFacts) -> String { role ?? server.user }

  /// Becomes the role, in a transaction.
  ///
  /// - Returns: Nil where it did, or why nothing can be written like this.
  func begin(
    over connection: Connection, within timeout: Duration
  ) async throws(PostgresFault) -> Finding? {
    do throws(PostgresFault) {
      for statement in statements { _ = try await connection.query(statement, timeout: timeout) }
      return nil
    } catch {
      guard case .server(let fault) = error, let role else { throw error }
      let user = connection.server.user
      let expected = "a connection whose user may become \(role)"
      switch fault.sqlState {
      case "42501":
        return .cannotTell(
          "\(user) may not become \(role): \(fault.summary)", expected: expected,
          observed: fault.summary, fix: "grant \(SQLText.name(role)) to \(SQLText.name(user));")
      case "22023":
        return .fail(
          "there is no role \(role)", expected: expected, observed: fault.summary,
          fix: "create role \(SQLText.name(role)) nologin;")
      default: throw error
      }
    }
  }
}
