package import Core
package import HTTP

/// A project's REST API and a key for it.
package struct RestAPI: Sendable {
  /// The project's address, without a slash at its end.
  package let address: String
  package let key: Secret
  let http: HTTPClient

  package init(address: String, key: Secret, http: HTTPClient) {
    var address = address
    while address.hasSuffix("/") { address.removeLast() }
    self.address = address
    self.key = key
    self.http = http
  }

  /// Where a hosted project's API is.
  package static func address(ofHosted reference: String) -> String {
    "https://\(reference).supabase.co"
  }
}
