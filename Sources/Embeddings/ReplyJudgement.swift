internal import Core
internal import HTTP

extension EmbeddingReply {
  /// The vectors of an answer with status 200, once nothing is wrong with them.
  init(
    judging reply: HTTPReply, of model: EmbeddingModel, texts: [String], expecting: Int?,
    isNormalised: Bool = false
  ) throws(EmbeddingFault) {
    let count = texts.count
    let requestID = reply.header("x-request-id")
    func fault(_ cause: EmbeddingFault.Cause) -> EmbeddingFault {
      EmbeddingFault(cause, status: reply.status, requestID: requestID, inputCount: count)
    }
    let answer: DecodedAnswer
    do throws(JSONScanner.Malformed) {
      answer = try DecodedAnswer.read(reply.body)
    } catch {
      throw fault(ErrorBody(reply.body).isHTML ? .html : .notJSON)
    }
    guard let items = answer.items else {
      let body = ErrorBody(reply.body)
      guard body.message != nil || body.code != nil else { throw fault(.noData) }
      throw EmbeddingFault(refusal: reply, of: model, inputCount: count)
    }
    guard items.count == count else {
      throw fault(.wrongCount(expected: count, got: items.count))
    }
    guard let places = EmbeddingReply.places(of: items) else { throw fault(.badIndexes) }
    var vectors = [[Float]](repeating: [], count: count)
    for (item, place) in zip(items, places) { vectors[place] = item.vector ?? [] }

    // An empty vector is no numbers at all: nothing an endpoint could mean.
    let broken = vectors.indices.filter { index in
      vectors[index].isEmpty || !vectors[index].allSatisfy(\.isFinite)
    }
    guard broken.isEmpty else { throw fault(.badNumbers(positions: broken)) }
    let widths = Set(vectors.map(\.count)).sorted()
    guard widths.count == 1 else { throw fault(.mixedDimensions(widths)) }
    if let expecting, let got = widths.first, got != expecting {
      throw fault(.wrongDimension(expected: expecting, got: got))
    }
    let zero = vectors.indices.filter { vectors[$0].allSatisfy { $0 == 0 } }
    guard zero.isEmpty else { throw fault(.zeroVector(positions: zero)) }
    if isNormalised {
      let others = vectors.indices.filter { !EmbeddingReply.isUnit(vectors[$0]) }
      guard others.isEmpty else { throw fault(.otherLength(positions: others)) }
    }
    if let other = answer.model, EmbeddingReply.isAnother(other, than: model.model) {
      throw fault(.otherModel(other))
    }
    if count >= EmbeddingReply.telling, vectors.allSatisfy({ $0 == vectors[0] }) {
      let different = Set(texts.map(EmbeddingReply.folded)).count
      guard different < EmbeddingReply.telling else { throw fault(.sameVectors(texts: different)) }
    }

    self.vectors = vectors
    tokens = answer.tokens
    self.requestID = requestID
    rateLimits = RateLimits(of: reply)
    timings = reply.timings
    isBase64 = items.allSatisfy(\.isBase64)
  }

  /// Whether a vector has the length 1, as near as 16-bit floats come.
  static func isUnit(_ vector: [Float]) -> Bool {
    abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 0.01
  }

  /// How many texts that differ may share one vector: a model may well take two for the same.
  private static let telling = 4

  /// A text without what a model may not tell apart: case, spaces and signs.
  private static func folded(_ text: String) -> String {
    text.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// Whether both names are those of published models that are not the same one, by a longer name or
  /// with its version.
  private static func isAnother(_ answered: String, than asked: String) -> Bool {
    guard let answered = KnownModel.named(answered)?.name.lowercased(),
      let asked = KnownModel.named(asked)?.name.lowercased()
    else { return false }
    return !answered.hasPrefix(asked) && !asked.hasPrefix(answered)
  }

  /// Where each vector belongs: by the indexes, or by the order where no vector has an index; nil
  /// where the indexes leave that open.
  private static func places(of items: [DecodedAnswer.Item]) -> [Int]? {
    let indexes = items.compactMap(\.index)
    if indexes.isEmpty { return Array(items.indices) }
    return indexes.sorted() == Array(items.indices) ? indexes : nil
  }
}
