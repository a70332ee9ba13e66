internal import Core
internal import FoundationEssentials
package import HTTP

/// What a project's REST API knows of a function.
package enum FunctionExposure: Sendable, Equatable {
  case exposed
  /// PGRST202: no function of this name takes arguments of these names; `hint` names a near one.
  case missing(message: String, hint: String?)
  /// PGRST203: several could be meant.
  case ambiguous(message: String)
  /// PGRST106: the schema is not among those that the API shows.
  case schemaHidden(message: String)
  case keyRefused(status: Int, message: String)
  /// An argument bears a name that means something else in a URL.
  case unaskable(argument: String)
  /// The answer would have been the same for a function that cannot exist, or is none of PostgREST's.
  case unproven(status: Int)
}

/// Asks a project's REST API whether it resolves a function, without ever calling it.
///
/// The question is `OPTIONS /rest/v1/rpc/NAME?ARGUMENT=&…`. For it PostgREST looks the function up in its
/// schema cache by the arguments' names, exactly as for a call, and answers from there, whatever it finds:
/// no statement goes to the database (`ActRoutineInfo` and `RoutineInfoPlan` of its Plan.hs and
/// Response.hs). Every other way may run it: POST and GET call what they find, `Prefer: tx=rollback` is
/// refused by hosted projects, and what a function does outside of its transaction no rollback undoes.
///
/// Something in front of PostgREST may answer OPTIONS of its own accord. A good answer is therefore
/// believed only with PostgREST's `Allow` header, and only if the same question with one more argument,
/// which no function has, is answered by PGRST202.
package struct ExposureProbe: Sendable {
  package let function: String
  package let schema: String
  package let arguments: [String]
  private let api: RestAPI

  package init(_ function: String, in schema: String, taking arguments: [String], at api: RestAPI) {
    self.function = function
    self.schema = schema
    self.arguments = arguments
    self.api = api
  }

  /// What the control question names besides.
  private static let impossible = "preflight_no_such_argument"
  /// What PostgREST reads otherwise in a URL's query.
  private static let reserved: Set<String> = [
    "select", "order", "limit", "offset", "columns", "on_conflict", "and", "or", "not",
  ]

  /// The question, and the control question.
  package func requests(timeout: Duration) -> (question: HTTPRequest, control: HTTPRequest) {
    (
      request(arguments, timeout: timeout),
      request(arguments + [ExposureProbe.impossible], timeout: timeout)
    )
  }

  /// Asks, and asks the control question where the first answer was good.
  ///
  /// - Parameter timeout: For each of the two.
  /// - Returns: What the API knows.
  /// - Throws: Why there was no answer.
  package func ask(timeout: Duration) async throws(HTTPFault) -> FunctionExposure {
    if let argument = arguments.first(where: ExposureProbe.reserved.contains) {
      return .unaskable(argument: argument)
    }
    let requests = requests(timeout: timeout)
    let reply = try await api.http.send(requests.question)
    if let refusal = ExposureProbe.refusal(reply) { return refusal }
    guard reply.status == 200, reply.header("allow")?.contains("POST") == true else {
      return .unproven(status: reply.status)
    }
    let control = try await api.http.send(requests.control)
    guard case .missing = ExposureProbe.refusal(control) else {
      return .unproven(status: control.status)
    }
    return .exposed
  }

  private func request(_ arguments: [String], timeout: Duration) -> HTTPRequest {
    let query = arguments.map { "\(ExposureProbe.encoded($0))=" }.joined(separator: "&")
    return HTTPRequest(
      .options,
      "\(api.address)/rest/v1/rpc/\(ExposureProbe.encoded(function))"
        + (query.isEmpty ? "" : "?" + query),
      headers: [
        ("apikey", .secret(prefix: "", api.key)), ("Accept", .plain("application/json")),
        ("Accept-Profile", .plain(schema)),
      ], timeout: timeout)
  }

  /// What an answer other than a good one says, or nil where it says nothing known.
  private static func refusal(_ reply: HTTPReply) -> FunctionExposure? {
    struct Body: Decodable {
      var code: String?
      var message: String?
      var hint: String?
    }
    let body = try? JSONDecoder().decode(Body.self, from: Data(reply.body))
    let message = body?.message ?? "no reason was given"
    return switch body?.code {
    case "PGRST202": .missing(message: message, hint: body?.hint)
    case "PGRST203": .ambiguous(message: message)
    case "PGRST106": .schemaHidden(message: message)
    default:
      [401, 403].contains(reply.status)
        ? .keyRefused(status: reply.status, message: message) : nil
    }
  }

  /// A text as a part of a URL: all but the unreserved characters of RFC 3986 in percent form.
  private static func encoded(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    return text.utf8.map { byte in
      if plain.contains(byte) { return String(UnicodeScalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
