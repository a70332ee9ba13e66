internal import Checklist
internal import Core
internal import Embeddings
internal import Gate
internal import Postgres
internal import Supabase

extension Services {
  /// What a service's own check asks, once for all checks that use it.
  ///
  /// - Parameter name: One of the checklist's services.
  /// - Returns: Nothing where its variables do not fit.
  func questions(of name: String) -> [Question] {
    guard let settings = try? filledSettings(of: name), let kind = kind(of: name) else { return [] }
    switch kind {
    case .postgres:
      let variable = variable(of: kind.rawValue, in: name).map { " of $\($0)" } ?? ""
      return [
        Question(.here("a connection by the URL\(variable), with libpq"), of: name),
        .reading(Connection.processQuery, of: name),
        .reading(
          Connection.processQuery, of: name,
          condition: "over a second connection, where a pooler answered the first"),
      ]
    case .embeddings:
      guard let client = client(of: name) else { return [] }
      let requests = client.requests([ModelProbe.text], timeout: Services.patience)
      let again = requests.withoutBase64.map { request in
        Question.sending(
          request, in: self, of: name, condition: "where the endpoint refuses base64")
      }
      return [.sending(requests.first, in: self, of: name)] + (again.map { [$0] } ?? [])
    case .supabase:
      let client = SupabaseClient(SupabaseProject(settings), http: http)
      return [.sending(client.secretsRequest(timeout: Services.patience), in: self, of: name)]
    }
  }
}

extension Services {
  /// A client that has learned nothing yet, to tell by it what would be sent; nil where the service's
  /// variables do not fit.
  func client(of model: String) -> EmbeddingClient? {
    (try? filledSettings(of: model)).map { EmbeddingClient(EmbeddingModel($0), http: http) }
  }

  /// What a check has a model embed beyond the probe of its service.
  func questions(embedding texts: [String], by model: String) -> [Question] {
    client(of: model).map { client in
      let request = client.requests(texts, timeout: Services.patience).first
      return [.sending(request, in: self, of: model)]
    } ?? []
  }
}

extension SupabaseProject {
  /// The project of a service, from settings whose variables are filled.
  init(_ settings: Settings) {
    self.init(
      ref: settings.text(ServiceKind.supabase.rawValue),
      accessToken: settings.secret("access_token"), api: settings.text("api"))
  }
}
