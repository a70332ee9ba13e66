package import HTTP

/// The vectors of one request, checked: as many as texts, in their order, all of the same width,
/// each number finite, none of the vectors zero.
package struct EmbeddingReply: Sendable {
  package let vectors: [[Float]]
  /// Tokens that the endpoint counted; nil where it does not say.
  package let tokens: Int?
  package let requestID: String?
  package let rateLimits: RateLimits
  package let timings: PhaseTimings
  /// Whether the numbers came as base64.
  let isBase64: Bool

  /// The width of the vectors.
  package var dimensions: Int { vectors.first?.count ?? 0 }
}
