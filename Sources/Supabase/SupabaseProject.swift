package import Core

/// A Supabase project and how its Management API is reached.
package struct SupabaseProject: Sendable {
  /// The project's reference, as in `https://REF.supabase.co`.
  package let ref: String
  /// A personal access token, or an OAuth token with the scope `secrets:read`.
  package let accessToken: Secret
  /// The base URL of the Management API, without a slash at its end.
  package let api: String

  package init(ref: String, accessToken: Secret, api: String = "https://api.supabase.com") {
    var api = api
    while api.hasSuffix("/") { api.removeLast() }
    self.ref = ref
    self.accessToken = accessToken
    self.api = api
  }
}
