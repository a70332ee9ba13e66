/// An embedding model that the endpoint offers under a known name.
struct HostedModel: Equatable {
  let name: String
  /// The vector's length where no `dimensions` are asked for, and the most that may be asked.
  let width: Int
  /// Whether `dimensions` may be asked for at all.
  let isAdjustable: Bool
  /// Whether a request needs a key; who runs a model on their own machine gives out none.
  var asksForKey = true
  /// Seconds since 1970, as `GET /v1/models` reports.
  let created: Int

  /// OpenAI's three, with the widths of its embeddings guide, and a small one that people run themselves,
  /// under the name that Ollama gives it.
  static let all = [
    HostedModel(
      name: "text-embedding-3-small", width: 1536, isAdjustable: true, created: 1_705_948_997),
    HostedModel(
      name: "text-embedding-3-large", width: 3072, isAdjustable: true, created: 1_705_953_180),
    HostedModel(
      name: "text-embedding-ada-002", width: 1536, isAdjustable: false, created: 1_671_217_299),
    HostedModel(
      name: "all-minilm", width: 384, isAdjustable: false, asksForKey: false,
      created: 1_714_176_000),
  ]

  static func named(_ name: String) -> HostedModel? { all.first { $0.name == name } }

  /// A model that is not this one.
  var another: HostedModel {
    HostedModel.named(
      name == "text-embedding-ada-002" ? "text-embedding-3-small" : "text-embedding-ada-002")
      ?? self
  }

  /// The model as `GET /v1/models` lists it.
  var listing: String {
    """
    {"id": \(jsonString(name)), "object": "model", "created": \(created), "owned_by": "system"}
    """
  }

  /// The body of `GET /v1/models`.
  static var list: [UInt8] {
    let listings = all.map(\.listing).joined(separator: ", ")
    return Array("{\"object\": \"list\", \"data\": [\(listings)]}\n".utf8)
  }
}
