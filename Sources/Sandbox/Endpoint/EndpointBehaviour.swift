/// An answer that refuses a request.
package struct Refusal: Sendable, Hashable {
  package let status: Int
  package let headers: [String: String]
  package let body: String

  package init(_ status: Int, headers: [String: String] = [:], body: String = "") {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// A way in which the endpoint answers an embeddings request other than it should.
package enum EndpointBehaviour: Sendable, Hashable {
  /// Answers as it should, but not before `Endpoint.letGo` says so.
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

  // What is refused.

  /// This answer to each request.
  case refuses(Refusal)
  /// 400 for more texts than so many, in OpenAI's words.
  case limitsTexts(Int)
  /// 400 `max_tokens_per_request` for more tokens than so many.
  case limitsTokens(Int)
  /// 429 for more tokens than so many, which the rate limit grants in all: waiting never helps.
  case limitsRate(Int)
  /// 413 for a body of more bytes than so many.
  case limitsBytes(Int)
  /// 400 for a request with this in one of its texts, as OpenAI answers what it cannot read.
  case refusesText(String)
  /// 500 for a request with this in one of its texts.
  case failsText(String)

  // How the answer comes.

  /// Half of the answer in a body of chunks, and then the end of the connection.
  case halfChunks
  /// Half of the answer, and then nothing, on an open connection.
  case stalls
  /// One byte of the body in each such time.
  case drips(Duration)
  /// A body that calls itself gzip and is none.
  case garbled
  /// A body without an end.
  case endless

  // What the answer holds.

  /// One vector more than there were inputs.
  case extraVector
  /// No vector has its index.
  case withoutIndexes
  /// The last vector has the index of the first one.
  case repeatedIndex
  /// The last vector has an index that is no input's.
  case foreignIndex
  /// The last vector is one number shorter than the others.
  case mixedWidths
  /// The last vector is zero in every dimension.
  case zeroVector
  /// The first number of the last vector is larger than a 32-bit float can be.
  case hugeNumber
  /// Each vector is twice as long as it should be.
  case doubleLength
}
