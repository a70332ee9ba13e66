internal import Core
internal import Gate
internal import HTTP
internal import Postgres

extension Question {
  /// What a read from a database asks.
  static func reading(
    _ query: ReadQuery, of database: String, condition: String? = nil
  ) -> Question {
    Question(
      .read(sql: query.sql, parameters: query.parameters.map(\.sqlText)), of: database,
      condition: condition)
  }

  /// What a request asks that is made of the settings of these services, or of a check among them.
  static func sending(
    _ request: HTTPRequest, in services: Services, of service: String? = nil,
    condition: String? = nil
  ) -> Question {
    let headers = request.headers.map { name, value in
      switch value {
      case .plain(let text): Header(name, text)
      case .secret(let prefix, let secret): Header(name, prefix + services.shown(secret))
      }
    }
    let body = request.body.isEmpty ? nil : String(decoding: request.body, as: UTF8.self)
    return Question(
      .http(
        method: request.method.rawValue, url: hidingUser(of: request.url), headers: headers,
        body: body),
      of: service, condition: condition)
  }

  /// A URL without the name and the password before its host.
  private static func hidingUser(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return url[..<scheme.upperBound] + Redactor.mark + url[at...]
  }
}
