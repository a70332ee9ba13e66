internal import Core
internal import Postgres

/// The errors of a project's REST API that the sandbox can give.
///
/// Codes, texts and statuses are those of PostgREST's Error.hs (version 13); the two about the `apikey`
/// come from the gateway before it, which has no codes, in the words that users quote.
enum RestError: Error, Equatable {
  /// A call of a function that the schema cache does not have.
  struct Missing: Equatable {
    let function: String
    let arguments: [String]
    let takesBody: Bool
    /// A function that may have been meant.
    let hint: String?
  }

  case keyMissing
  case keyUnknown
  /// A bearer that is no key of the project, and no JWT either where it has not three parts.
  case bearerUnknown(parts: Int)
  case pathUnknown
  case rootDisabled
  case methodUnknown(String)
  case schemaHidden(String)
  case bodyUnreadable
  case functionMissing(Missing)
  case ambiguous([Routine])
  /// `isAnonymous` where the key is the one that everybody may have.
  case refused(ServerError, isAnonymous: Bool)
  case databaseGone(String)

  var status: Int {
    switch self {
    case .keyMissing, .keyUnknown, .bearerUnknown: 401
    case .pathUnknown, .rootDisabled, .functionMissing: 404
    case .methodUnknown: 405
    case .schemaHidden: 406
    case .bodyUnreadable: 400
    case .ambiguous: 300
    case .refused(let error, let isAnonymous):
      RestError.status(of: error.sqlState, isAnonymous: isAnonymous)
    case .databaseGone: 503
    }
  }

  /// The part of PostgREST's table of SQLSTATEs that a function can come by.
  private static func status(of sqlState: String, isAnonymous: Bool) -> Int {
    switch sqlState {
    case "42501": isAnonymous ? 401 : 403
    case "25006": 405
    case "42883", "42P01": 404
    case "23503", "23505": 409
    case "P0001": 400
    case let state where ["P0", "XX", "57", "58"].contains(state.prefix(2)): 500
    default: 400
    }
  }

  private var code: String? {
    switch self {
    case .keyMissing, .keyUnknown: nil
    case .bearerUnknown: "PGRST301"
    case .pathUnknown: "PGRST125"
    case .rootDisabled: "PGRST126"
    case .methodUnknown: "PGRST101"
    case .schemaHidden: "PGRST106"
    case .bodyUnreadable: "PGRST102"
    case .functionMissing: "PGRST202"
    case .ambiguous: "PGRST203"
    case .refused(let error, _): error.sqlState
    case .databaseGone: "PGRST000"
    }
  }

  private var message: String {
    switch self {
    case .keyMissing: "No API key found in request"
    case .keyUnknown: "Invalid API key"
    case .bearerUnknown(3): "No suitable key or wrong key type"
    case .bearerUnknown(let parts): "Expected 3 parts in JWT; got \(parts)"
    case .pathUnknown: "Invalid path specified in request URL"
    case .rootDisabled: "Root endpoint metadata is disabled"
    case .methodUnknown(let method): "Cannot use the \(method) method on RPC"
    case .schemaHidden(let schema): "Invalid schema: \(schema)"
    case .bodyUnreadable: "Empty or invalid json"
    case .functionMissing(let missing):
      "Could not find the function \(missing.function)"
        + (missing.arguments.isEmpty
          ? " without parameters" : "(\(missing.arguments.joined(separator: ", ")))")
        + " in the schema cache"
    case .ambiguous(let routines):
      "Could not choose the best candidate function between: "
        + routines.map(\.signature).joined(separator: ", ")
    case .refused(let error, _): error.message
    case .databaseGone: "Database connection error. Retrying the connection."
    }
  }

  private var details: String? {
    switch self {
    case .bearerUnknown(3): "None of the keys was able to decode the JWT"
    case .functionMissing(let missing):
      "Searched for the function \(missing.function)" + searched(missing)
        + ", but no matches were found in the schema cache."
    case .refused(let error, _): error.detail
    case .databaseGone(let reason): reason
    default: nil
    }
  }

  private func searched(_ missing: Missing) -> String {
    let names = missing.arguments.joined(separator: ", ")
    let arguments =
      missing.arguments.isEmpty
      ? " without parameters"
      : " with parameter\(missing.arguments.count == 1 ? "" : "s") \(names)"
    return arguments
      + (missing.takesBody ? " or with a single unnamed json/jsonb parameter" : "")
  }

  private var hint: String? {
    switch self {
    case .keyMissing: "No `apikey` request header or url param was found."
    case .keyUnknown: "Double check your Supabase `anon` or `service_role` API key."
    case .schemaHidden: "Only the following schemas are exposed: \(RoutineCache.schema)"
    case .functionMissing(let missing):
      missing.hint.map { "Perhaps you meant to call the function \($0)" }
    case .ambiguous:
      """
      Try renaming the parameters or the function itself in the database so function overloading \
      can be resolved
      """
    case .refused(let error, _): error.hint
    default: nil
    }
  }

  /// The gateway writes two members, PostgREST four.
  var body: [UInt8] {
    func value(_ text: String?) -> String { text.map { jsonString($0) } ?? "null" }
    let words = [("message", message), ("hint", hint)]
    let members = code == nil ? words : words + [("code", code), ("details", details)]
    let list = members.map { "\"\($0.0)\":\(value($0.1))" }
    return Array("{\(list.joined(separator: ","))}".utf8)
  }
}
