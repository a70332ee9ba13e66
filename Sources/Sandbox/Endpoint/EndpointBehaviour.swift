/// A way in which the endpoint answers an embeddings request other than it should.
package enum EndpointBehaviour: Sendable, Hashable {
  /// Never answers.
  case hangs
  /// 401 `invalid_api_key`, whatever the key; the list of models refuses it too.
  case refusesKey
  /// 429 `insufficient_quota`.
  case quotaExhausted
  /// 404 `model_not_found`.
  case modelMissing
  /// 403 `unsupported_country_region_territory`.
  case regionRefused
  /// 429 `rate_limit_exceeded` with a `Retry-After` of one second.
  case rateLimited
  /// 500 with OpenAI's body for it.
  case serverError
  /// The page of a gateway, as HTML, with status 200.
  case html
  /// Announces the whole answer, sends half of it and closes the connection.
  case halfBody
  /// Closes the connection without a byte.
  case emptyReply
  /// The model's full width, whatever `dimensions` asks for.
  case ignoresDimensions
  /// One vector fewer than there were inputs.
  case wrongCount
  /// The vectors in reverse order, each with its right index.
  case shuffledIndexes
  /// The vectors in reverse order, each with the index of its place.
  case misplacedVectors
  /// A `null` as the first number of the last vector, which is what a NaN becomes in JSON.
  case nullInVector
  /// Numbers in JSON, also where base64 is asked for.
  case ignoresEncoding
  /// The vector of the first text for each of them.
  case constantVectors
  /// A quarter of the numbers, as they come where numbers were taken for base64 on the way.
  case quarterWidth
  /// Vectors of another model, whose name the answer gives, of the same length.
  case swappedModel
  /// Vectors of another model under the name of the one that was asked for, of the same length.
  case maskedModel
  /// The right answer, after so long.
  case late(Duration)
}
