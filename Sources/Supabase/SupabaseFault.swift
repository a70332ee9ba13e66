internal import Core
package import HTTP

/// Why the secrets of a project could not be read.
package enum SupabaseFault: Error, Sendable, Equatable {
  /// A reference that would not stay one part of a URL's path.
  case malformedRef
  /// `looksLikeToken` is false where the token has not even the shape of one.
  case unauthorized(looksLikeToken: Bool)
  case forbidden
  case rateLimited(retryAfter: Duration?)
  case projectNotFound(ref: String)
  case server(status: Int)
  case unreachable(HTTPFault)
  /// An answer that is not what the Management API is documented to give.
  case badReply(status: Int, reason: String)

  /// What happened, in words for a person.
  package var message: String {
    switch self {
    case .malformedRef: "the project reference holds something other than letters and digits"
    case .unauthorized(true): "Supabase does not accept the access token (status 401)"
    case .unauthorized(false):
      "Supabase does not accept the access token (status 401), which has not the shape of one"
    case .forbidden: "the access token may not read the secrets of this project (status 403)"
    case .rateLimited(let wait):
      "Supabase's rate limit is reached (status 429)"
        + (wait.map { ", to be tried again in \($0.text)" } ?? "")
    case .projectNotFound(let ref): "Supabase knows no project \(ref.quoted) (status 404)"
    case .server(let status): "Supabase's Management API failed (status \(status))"
    case .unreachable(let fault): fault.message
    case .badReply(let status, let reason):
      "Supabase's Management API answered something unexpected (status \(status)): \(reason)"
    }
  }

  /// What would mend it, or nil where only another try later does.
  package var fix: String? {
    switch self {
    case .malformedRef, .projectNotFound:
      "copy the reference from the project's URL: 20 lower-case letters before .supabase.co"
    case .unauthorized(true): "make a new access token at supabase.com/dashboard/account/tokens"
    case .unauthorized(false):
      "use a personal access token (sbp_…) from supabase.com/dashboard/account/tokens, "
        + "not a key of the project"
    case .forbidden:
      "give the token the permission edge_functions_secrets_read (OAuth: the scope secrets:read)"
    case .unreachable(.nameNotResolved), .unreachable(.connectionRefused),
      .unreachable(.invalidURL), .badReply:
      "check the URL of the Management API"
    case .unreachable(.invalidHeader): "set the access token again, without a line break"
    case .rateLimited, .server, .unreachable: nil
    }
  }
}
