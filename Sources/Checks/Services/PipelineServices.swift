package import Checklist
package import Core
package import Embeddings

/// What a pipeline runs with: a database's URL, and a client for its model.
package struct PipelineServices: Sendable {
  package let pipeline: Pipeline
  package let database: Secret
  package let client: EmbeddingClient
}

extension Services {
  /// Fills a pipeline's variables and those of the services that it names.
  ///
  /// - Parameter declaration: One of the checklist's.
  /// - Returns: All that a runner needs.
  /// - Throws: What is not set, or does not fit once filled.
  package func services(
    for declaration: PipelineDeclaration
  ) throws(SettingFault) -> PipelineServices {
    let pipeline = try declaration.filled(from: variables)
    let database = try filledSettings(of: pipeline.database)
    let model = try filledSettings(of: pipeline.model)
    // The client that the checks used knows the endpoint already.
    let client = probe(of: pipeline.model)?.client
    return PipelineServices(
      pipeline: pipeline, database: database.secret(ServiceKind.postgres.rawValue),
      client: client ?? EmbeddingClient(EmbeddingModel(model), http: http))
  }
}

extension Services {
  /// What the model of an embeddings service is called, also where its key is not set.
  package func modelName(of service: String) -> String? {
    setting("model", of: service)?.text("model")
  }
}

extension EmbeddingModel {
  /// The model of an embeddings service, from settings whose variables are filled.
  init(_ settings: Settings) {
    self.init(
      baseURL: settings.text(ServiceKind.embeddings.rawValue),
      apiKey: settings.optionalSecret("api_key"), model: settings.text("model"),
      dimensions: settings.optionalWhole("dimensions"))
  }
}
