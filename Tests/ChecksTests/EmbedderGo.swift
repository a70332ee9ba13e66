import Core
import Sandbox
import TestWorld

/// One go at the gate with a single embeddings service, of an endpoint of its own.
enum EmbedderGo {
  static func run(
    _ behaviours: Set<EndpointBehaviour>, key: String? = nil,
    model: String = "text-embedding-3-small",
    path: String = "/v1", judged: Bool = true
  ) async throws -> Go {
    let endpoint = try await Endpoint.start(
      EndpointOptions(
        apiKey: TestWorld.apiKey,
        project: HostedProject(
          reference: TestWorld.projectReference, accessToken: TestWorld.accessToken, secrets: [:]),
        behaviours: behaviours))
    let environment = [
      "BASE": endpoint.url + path, "KEY": key ?? TestWorld.apiKey.reveal { $0 },
    ]
    let check = judged ? "api_key: embedder" : "secret: KEY"
    let result: Result<Go, any Error>
    do {
      result = .success(
        try await Go(
          """
          version: 1
          services: {embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: \(model)}}
          checks:
            - {id: a, \(check)}
          """, environment))
    } catch {
      result = .failure(error)
    }
    await endpoint.stop()
    return try result.get()
  }
}
