internal import Embeddings
internal import Postgres

extension EmbeddingFault.Cause {
  /// The class under which an item is given up, in one word for machines.
  var className: String {
    switch self {
    case .keyMissing, .wrongKey: "wrong-key"
    case .forbidden: "forbidden"
    case .noQuota: "no-quota"
    case .regionBlocked: "region-blocked"
    case .rateLimited, .overRateLimit: "rate-limited"
    case .modelMissing, .otherModel: "wrong-model"
    case .wrongURL, .redirected: "wrong-endpoint"
    case .dimensionsRefused: "dimensions-refused"
    case .encodingRefused: "encoding-refused"
    case .inputTooLong: "too-long"
    case .tooManyInputs, .tooManyTokens, .bodyTooLarge: "too-large"
    case .invalidInput: "invalid-input"
    case .refused: "refused"
    case .serverError: "server-error"
    case .proxyRefused, .unreachable: "unreachable"
    case .timedOut: "timed-out"
    case .truncated: "truncated"
    case .cancelled: "cancelled"
    case .notJSON, .html, .noData: "not-embeddings"
    case .wrongCount, .badIndexes: "wrong-count"
    case .badNumbers: "bad-numbers"
    case .zeroVector: "zero-vector"
    case .sameVectors: "same-vectors"
    case .otherLength, .otherVector: "other-vectors"
    case .wrongDimension, .mixedDimensions: "wrong-dimension"
    }
  }

  var isTimeout: Bool {
    if case .timedOut = self { true } else { false }
  }

  /// Whether there was an answer that is not what an answer must be.
  var isMalformedReply: Bool {
    switch self {
    case .truncated, .notJSON, .noData, .wrongCount, .badIndexes: true
    default: false
    }
  }
}

extension PostgresFault {
  /// The class under which an item is given up whose row the database refuses: its SQLSTATE, or a word
  /// where that says too little.
  var className: String {
    guard case .server(let error) = self else { return "refused" }
    // pgvector 0.8.5, `Float4ToHalf` in `src/halfutils.h`: above 65,504.
    return error.sqlState == "22003" && error.message.contains("halfvec")
      ? "half-overflow" : error.sqlState
  }
}
