/// What is published about a model, for judging a checklist without calling the endpoint.
package struct KnownModel: Sendable, Equatable {
  package let name: String
  /// The width of a vector where no `dimensions` are asked for.
  package let nativeDimensions: Int
  /// Whether the model can be asked for fewer dimensions.
  package let isAdjustable: Bool
  /// The longest single text.
  package let maximumTokens: Int
  /// Nil for a model that one runs oneself.
  package let dollarsPerMillionTokens: Double?

  /// The published facts of a model, whatever its vendor prefix or tag: `openai/NAME`, `NAME:latest`.
  package static func named(_ name: String) -> KnownModel? {
    let bare = name.split(separator: "/").last?.split(separator: ":").first.map(String.init)
    return all.first { $0.name == bare }
  }

  /// Sources: platform.openai.com/docs/guides/embeddings and /pricing; ai.google.dev/gemini-api/docs
  /// /embeddings and /pricing; docs.mistral.ai; the model cards on huggingface.co of the others.
  private static let all = [
    KnownModel("text-embedding-3-small", 1536, adjustable: true, tokens: 8192, dollars: 0.02),
    KnownModel("text-embedding-3-large", 3072, adjustable: true, tokens: 8192, dollars: 0.13),
    KnownModel("text-embedding-ada-002", 1536, adjustable: false, tokens: 8192, dollars: 0.10),
    KnownModel("gemini-embedding-001", 3072, adjustable: true, tokens: 2048, dollars: 0.15),
    KnownModel("mistral-embed", 1024, adjustable: false, tokens: 8192, dollars: 0.10),
    KnownModel("all-minilm", 384, adjustable: false, tokens: 256, dollars: nil),
    KnownModel("all-MiniLM-L6-v2", 384, adjustable: false, tokens: 256, dollars: nil),
    KnownModel("bge-small-en-v1.5", 384, adjustable: false, tokens: 512, dollars: nil),
    KnownModel("bge-m3", 1024, adjustable: false, tokens: 8192, dollars: nil),
    KnownModel("mxbai-embed-large", 1024, adjustable: false, tokens: 512, dollars: nil),
    KnownModel("nomic-embed-text", 768, adjustable: false, tokens: 8192, dollars: nil),
  ]

  private init(_ name: String, _ native: Int, adjustable: Bool, tokens: Int, dollars: Double?) {
    self.name = name
    nativeDimensions = native
    isAdjustable = adjustable
    maximumTokens = tokens
    dollarsPerMillionTokens = dollars
  }
}
