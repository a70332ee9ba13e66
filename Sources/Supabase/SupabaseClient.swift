internal import Core
internal import FoundationEssentials
package import HTTP

/// A secret of a project's Edge Functions, of which the API shows a digest only.
package struct StoredSecret: Sendable, Equatable {
  package let name: String
  /// SHA-256 in lower-case hexadecimal; nil where the API gave anything else, which is not kept.
  package let digest: String?

  package init(name: String, digest: String?) {
    self.name = name
    self.digest = digest
  }
}

/// Reads what Supabase's Management API tells of a project.
package struct SupabaseClient: Sendable {
  package let project: SupabaseProject
  private let http: HTTPClient

  package init(_ project: SupabaseProject, http: HTTPClient) {
    self.project = project
    self.http = http
  }

  /// The secrets of the project's Edge Functions, by `GET /v1/projects/{ref}/secrets`
  /// (https://supabase.com/docs/reference/api/v1-list-all-secrets).
  ///
  /// - Parameter timeout: The longest time for the request.
  /// - Returns: Names and digests, in the API's order.
  /// - Throws: The fault by its cause.
  package func secrets(timeout: Duration) async throws(SupabaseFault) -> [StoredSecret] {
    guard !project.ref.isEmpty,
      project.ref.utf8.allSatisfy({ SupabaseClient.refBytes.contains($0) })
    else { throw .malformedRef }
    let reply: HTTPReply
    do throws(HTTPFault) {
      reply = try await http.send(secretsRequest(timeout: timeout))
    } catch {
      throw .unreachable(error)
    }
    return try SupabaseClient.secrets(in: reply, of: project)
  }

  /// The request that `secrets` sends.
  package func secretsRequest(timeout: Duration) -> HTTPRequest {
    HTTPRequest(
      .get, "\(project.api)/v1/projects/\(project.ref)/secrets",
      headers: [
        ("Authorization", .secret(prefix: "Bearer ", project.accessToken)),
        ("Accept", .plain("application/json")),
      ], timeout: timeout)
  }

  private static let refBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)

  private static func secrets(
    in reply: HTTPReply, of project: SupabaseProject
  ) throws(SupabaseFault) -> [StoredSecret] {
    switch reply.status {
    case 200: break
    case 401: throw .unauthorized(looksLikeToken: looksLikeToken(project.accessToken))
    case 403: throw .forbidden
    case 404: throw .projectNotFound(ref: project.ref)
    case 429:
      let seconds = reply.header("retry-after").flatMap { Double(plain: $0) }
      throw .rateLimited(retryAfter: seconds.map { .milliseconds(Int64(min($0, 86_400) * 1000)) })
    case 500...: throw .server(status: reply.status)
    default: throw .badReply(status: reply.status, reason: "an unknown status")
    }
    struct Listed: Decodable {
      let name: String
      let value: String
    }
    let listed: [Listed]
    do {
      listed = try JSONDecoder().decode([Listed].self, from: Data(reply.body))
    } catch {
      // The decoder's words quote the answer, and a value in there may be a secret.
      throw .badReply(status: 200, reason: "not a list of names and digests")
    }
    return listed.map { StoredSecret(name: $0.name, digest: digest($0.value)) }
  }

  private static func digest(_ value: String) -> String? {
    let digits = Set("0123456789abcdef".utf8)
    let isDigest = value.utf8.count == 64 && value.utf8.allSatisfy { digits.contains($0) }
    return isDigest ? value : nil
  }

  /// Whether a token has the shape `sbp_` (or `sbp_oauth_`) and 40 hexadecimal digits, after
  /// SIDE_EFFECTS.md of Supabase's own command line program.
  private static func looksLikeToken(_ token: Secret) -> Bool {
    token.reveal { text in
      let digits = text.trimmingPrefix("sbp_").trimmingPrefix("oauth_")
      return text.hasPrefix("sbp_") && digits.utf8.count == 40
        && digits.utf8.allSatisfy { Set("0123456789abcdef".utf8).contains($0) }
    }
  }
}
