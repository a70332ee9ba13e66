package import Core

/// How an endpoint is asked to write the numbers of its vectors.
///
/// An answer is read by what it holds, not by what was asked for: endpoints that ignore the wish
/// are common, and reading their numbers as base64 gives vectors of a quarter of the width.
package enum EmbeddingEncoding: String, Sendable {
  /// JSON numbers. This is the protocol's default and is asked for by silence, since Voyage refuses
  /// the word `float`.
  case float
  /// The bytes of little-endian 32-bit floats in base64, in about a third of the bytes.
  case base64
}

/// A model behind an OpenAI-compatible endpoint.
package struct EmbeddingModel: Sendable {
  /// Such as `https://api.openai.com/v1`, without a slash at its end.
  package let baseURL: String
  /// Nil for an endpoint that asks for none.
  package let apiKey: Secret?
  package let model: String
  /// What to ask for; nil leaves the model its own width.
  package let dimensions: Int?
  package let encoding: EmbeddingEncoding

  package init(
    baseURL: String, apiKey: Secret?, model: String, dimensions: Int? = nil,
    encoding: EmbeddingEncoding = .base64
  ) {
    var baseURL = baseURL
    while baseURL.hasSuffix("/") { baseURL.removeLast() }
    self.baseURL = baseURL
    self.apiKey = apiKey
    self.model = model
    self.dimensions = dimensions
    self.encoding = encoding
  }

  /// Where embeddings are asked for.
  var endpoint: String { baseURL + "/embeddings" }

  /// The base URL that was most likely meant by one under which nothing answers, or nil.
  ///
  /// A URL with a query or with a user's name in it is not repeated: it may hold a secret.
  package var correctedBaseURL: String? {
    guard !baseURL.contains(where: { "?@#".contains($0) }) else { return nil }
    var corrected = baseURL
    for pasted in ["/embeddings", "/chat/completions", "/completions", "/models", "/responses"]
    where corrected.hasSuffix(pasted) {
      corrected.removeLast(pasted.count)
    }
    while corrected.hasSuffix("/v1/v1") { corrected.removeLast(3) }
    let path = corrected.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
    if path.isEmpty { corrected += "/v1" }
    return corrected == baseURL ? nil : corrected
  }
}
