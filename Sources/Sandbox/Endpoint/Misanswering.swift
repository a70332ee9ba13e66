internal import Core
internal import FoundationEssentials

/// What the behaviours make of a request and of its vectors.
extension Set<EndpointBehaviour> {
  /// Refuses a request that is beyond a bound, or holds what is not taken.
  func judge(_ request: EmbeddingsRequest, bytes: Int) throws(OpenAIError) {
    for behaviour in self {
      switch behaviour {
      case .limitsTexts(let limit) where request.inputs.count > limit:
        throw .tooManyInputs(request.inputs.count, limit: limit)
      case .limitsTokens(let limit) where request.tokens > limit:
        throw .requestTooLong(tokens: request.tokens, limit: limit)
      case .limitsRate(let limit) where request.tokens > limit:
        throw .overRateLimit(request.tokens, limit: limit, model: request.model.name)
      case .limitsBytes(let limit) where bytes > limit:
        throw .bodyTooLarge(limit: limit)
      case .refusesText(let part) where request.inputs.contains { $0.contains(part) }:
        throw .inputInvalid
      case .failsText(let part) where request.inputs.contains { $0.contains(part) }:
        throw .serverError
      default: continue
      }
    }
  }

  /// A vector as it is sent.
  func altered(_ vector: [Float], isLast: Bool) -> [Float] {
    if contains(.swappedModel) || contains(.maskedModel) { return vector.reversed() }
    if contains(.doubleLength) { return vector.map { $0 * 2 } }
    guard isLast else { return vector }
    if contains(.mixedWidths) { return Array(vector.dropLast()) }
    return contains(.zeroVector) ? vector.map { _ in 0 } : vector
  }

  /// What stands in JSON for the first number of a vector, where it is none that a vector may hold.
  func firstNumber(isLast: Bool) -> String? {
    guard isLast else { return nil }
    if contains(.nullInVector) { return "null" }
    return contains(.hugeNumber) ? "1e39" : nil
  }

  /// The index that a vector is sent with.
  func index(_ index: Int, isLast: Bool) -> Int? {
    if contains(.withoutIndexes) { return nil }
    guard isLast else { return index }
    if contains(.repeatedIndex) { return 0 }
    return contains(.foreignIndex) ? index + 1 : index
  }
}
