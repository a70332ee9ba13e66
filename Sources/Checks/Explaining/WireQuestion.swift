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

  /// What a request asks; `variable` names where the secret in its headers comes from.
  static func sending(
    _ request: HTTPRequest, secretOf variable: String, of service: String? = nil,
    condition: String? = nil
  ) -> Question {
    let headers = request.headers.map { name, value in
      switch value {
      case .plain(let text): Header(name, text)
      case .secret(let prefix, _): Header(name, "\(prefix)$\(variable)")
      }
    }
    let body = request.body.isEmpty ? nil : String(decoding: request.body, as: UTF8.self)
    return Question(
      .http(method: request.method.rawValue, url: request.url, headers: headers, body: body),
      of: service, condition: condition)
  }
}
