internal import Core
internal import Digest
internal import FlyingFox

/// `GET /v1/projects/{ref}/secrets` of Supabase's Management API.
struct ManagementService {
  let project: HostedProject

  /// Answers a request whose path has these parts between its slashes, `v1` and `projects` first.
  func answer(_ request: HTTPRequest, parts: [String]) -> EndpointReply {
    guard let token = request.headers[.authorization]?.bearerToken,
      Secret(token) == project.accessToken
    else { return message(401, "Unauthorized") }
    guard request.method == .GET, parts.count == 4, parts[3] == "secrets" else {
      return message(404, "Cannot \(request.method.rawValue) \(request.path)")
    }
    guard parts[2] == project.reference else {
      return message(
        403, "Your account does not have the necessary privileges to access this endpoint.")
    }
    return EndpointReply(status: 200, body: Array("[\(listing)]".utf8))
  }

  /// Each secret by its name and, in place of its value, the SHA-256 digest of it.
  private var listing: String {
    project.secrets.sorted { $0.key < $1.key }.map { name, secret in
      let digest = secret.reveal { SHA256Text.hex(of: Array($0.utf8)) }
      return """
        {"name":\(jsonString(name)),"value":"\(digest)","updated_at":"2025-10-09T05:45:00.000Z"}
        """
    }.joined(separator: ",")
  }

  private func message(_ status: Int, _ text: String) -> EndpointReply {
    EndpointReply(status: status, body: Array("{\"message\":\(jsonString(text))}".utf8))
  }
}
