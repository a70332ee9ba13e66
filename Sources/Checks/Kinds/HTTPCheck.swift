package import Checklist
package import Core
package import Gate
internal import HTTP

/// Whether an address answers what it should.
package struct HTTPCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "http", .text, "An address, which is asked by GET.",
      example: "${APP_URL:-http://localhost:3000}/health"),
    summary: "An address answers with what it should.",
    settings: [
      Field(
        "headers", .map(.text), "Headers of the request.", example: "{ Accept: application/json }"),
      Field(
        "secret_headers", .map(.secret), "Headers of the request whose values are secrets.",
        example: "{ Authorization: \"Bearer ${SERVICE_ROLE_KEY}\" }"),
      AnswerExpectation.field,
    ],
    passesWhen: """
      The answer has a status of `expect.status`, 200 where nothing is said, and everything else that \
      `expect` names. JSON values are compared by type: `true` is not `"true"`. Redirections are not \
      followed: the answer that points elsewhere is the answer.
      """,
    cannotTellWhen: """
      There is no connection, no answer within the timeout, no trusted TLS, or an answer of more than \
      1 MiB.
      """,
    needs: "A way to the address.",
    failures: [
      .init(
        when: "the status is another one",
        mending: """
          Read the first line of the answer, which the finding shows; behind a 3xx stands the \
          address to ask in its place.
          """),
      .init(
        when: "a value of the body, a header or the time is not as expected",
        mending: "Ask by the command of the finding, and mend what the service reports."),
    ])

  /// The largest answer, in bytes.
  private static let bodyLimit = 1_048_576

  private let url: String
  private let headers: [HTTPRequest.Header]
  private let expectation: AnswerExpectation

  package init(_ settings: Settings) throws(Diagnostic) {
    url = settings.text("http")
    let location = settings["http"]?.location ?? settings.location
    guard let scheme = url.firstRange(of: "://"),
      ["http", "https"].contains(url[..<scheme.lowerBound].lowercased())
    else {
      throw Diagnostic(
        "`http` takes an address that begins with http:// or https://", at: location)
    }
    guard !url[scheme.upperBound...].prefix(while: { !"/?#".contains($0) }).contains("@") else {
      // The text is not repeated: it holds a password.
      throw Diagnostic(
        "`http` takes an address without a user", at: location,
        help: "write `secret_headers: { Authorization: \"Basic ${CREDENTIALS}\" }`")
    }
    var headers: [HTTPRequest.Header] = []
    for entry in settings.map("headers") + settings.map("secret_headers") {
      guard HTTPCheck.isName(entry.name) else {
        throw Diagnostic(
          "\(entry.name.quoted) is no name of a header", at: entry.setting.location)
      }
      switch entry.setting.value {
      case .secret(let secret): headers.append((entry.name, .secret(prefix: "", secret)))
      case .text(let text):
        guard !SecretLook.isSecret(name: entry.name) else {
          throw Diagnostic(
            "the value of the header \(entry.name) is a secret", at: entry.setting.location,
            help: "write it under `secret_headers`")
        }
        headers.append((entry.name, .plain(text)))
      default: preconditionFailure("a header's value is a text")
      }
    }
    self.headers = headers
    expectation = try AnswerExpectation(settings.record("expect"))
  }

  package var services: [String] { [] }

  package var usualTimeout: Duration {
    max(.seconds(10), (expectation.within ?? .zero) + .seconds(5))
  }

  private func request(within timeout: Duration) -> HTTPRequest {
    HTTPRequest(.get, url, headers: headers, timeout: timeout, bodyLimit: HTTPCheck.bodyLimit)
  }

  package func questions(in services: Services) -> [Question] {
    [.sending(request(within: usualTimeout), in: services)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let reply: HTTPReply
    do throws(HTTPFault) {
      // A little earlier than the gate, which knows less of what was under way.
      reply = try await services.http.send(request(within: timeout * 9 / 10))
    } catch {
      return .cannotTell(
        "\(url): \(error.message)", expected: expectation.text, observed: error.message,
        fix: command)
    }
    let redactor = services.redactor
    let found = await BlockingWork.run { expectation.faults(of: reply, redactor) }
    guard let faults = found else { return .cannotTell("interrupted before it had an answer") }
    var evidence: [String: Evidence] = ["status": .number(Double(reply.status))]
    if expectation.within != nil {
      evidence["milliseconds"] = .number(Double(reply.timings.total.milliseconds))
    }
    guard !faults.isEmpty else {
      return .pass("\(url) answers \(reply.status), as expected", evidence: evidence)
    }
    let observed = faults.joined(separator: "; ")
    return .fail(
      "\(url) answers \(observed)", expected: expectation.text, observed: observed, fix: command,
      evidence: evidence)
  }

  /// The command by which a person asks the same.
  private var command: String {
    let options = headers.map { name, value in
      switch value {
      case .plain(let text): " -H \(shellQuoted("\(name): \(text)"))"
      case .secret: " -H '\(name): …'"
      }
    }
    return "curl -i \(shellQuoted(url))" + options.joined()
  }

  /// Whether a text is a token, as RFC 9110 section 5.6.2 has it for names of headers.
  private static func isName(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
  }
}
