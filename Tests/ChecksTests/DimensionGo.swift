import Core
import Gate
import Sandbox
import TestWorld
import Testing

/// One go at the gate with a dimension check.
enum DimensionGo {
  /// Asks whether columns fit a model of the world's endpoint.
  static func finding(
    _ columns: String, _ model: String = "model: text-embedding-3-small, dimensions: 384",
    key: Secret? = TestWorld.apiKey, url: Secret? = nil, in world: TestWorld
  ) async throws -> Finding {
    let go = try await Go(
      """
      version: 1
      services:
        database: {postgres: "${DATABASE_URL}"}
        embedder: {embeddings: "${BASE}", api_key: "${KEY}", \(model)}
      checks:
        - {id: key, api_key: embedder}
        - {id: dimension, dimension: \(columns)}
      """,
      [
        "DATABASE_URL": (url ?? world.url).reveal { $0 }, "BASE": world.endpoint.url + "/v1",
        "KEY": key?.reveal { $0 } ?? "",
      ])
    return try #require(go["dimension"])
  }
}
