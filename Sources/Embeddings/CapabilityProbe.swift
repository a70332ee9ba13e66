package import HTTP

/// Why the vectors of an endpoint that answers cannot be relied on.
package enum CapabilityFault: Error, Sendable, Equatable {
  case refused(EmbeddingFault)
  /// Vectors are not in the order of their texts, nor have they indexes that tell it.
  case shuffled
  /// Different texts get the same vector.
  case constant
  /// The same text gets another vector in another request.
  case unsteady

  /// What happened, for a person.
  package var message: String {
    switch self {
    case .refused(let fault): fault.message
    case .shuffled: "the vectors of one request are not in the order of its texts"
    case .constant: "different texts get the same vector"
    case .unsteady: "the same text gets another vector in another request"
    }
  }
}

extension EmbeddingClient {
  /// Other names under which endpoints take a number of dimensions: Voyage's and Mistral's.
  private static let dimensionsNames = ["output_dimension"]
  /// How often a smaller batch is tried after a refusal.
  private static let batchTries = 4
  /// Vectors of the same text; some models compute the last digits differently each time.
  private static let likeness: Float = 0.99
  /// Above this, vectors of different texts are the same vector.
  private static let sameness: Float = 0.99999

  /// The texts of the request for many, the known one at their end.
  private static func texts(_ count: Int, with known: String) -> [String] {
    let others = ["bread and butter", "a ship at sea"] + (2..<max(2, count)).map { "number \($0)" }
    return others.prefix(max(0, count - 1)) + [known]
  }

  /// The requests that `learn` sends first; it sends more where an answer calls for it.
  package func capabilityRequests(
    knowing known: String, batch: Int, timeout: Duration
  ) -> [HTTPRequest] {
    let texts = EmbeddingClient.texts(max(3, batch), with: known)
    return [
      requests(texts, timeout: timeout).first,
      requests(EmbeddingClient.turned(texts), timeout: timeout).first,
    ]
  }

  /// Three of the texts, the known one in front.
  private static func turned(_ texts: [String]) -> [String] {
    Array((texts.suffix(1) + texts.prefix(2).reversed()).prefix(texts.count))
  }

  /// Finds out what the endpoint does with what it is asked, and keeps it in `profile`.
  ///
  /// - Parameters:
  ///   - known: A text that was embedded alone before.
  ///   - answer: What came of it, nil where the number of dimensions was refused.
  ///   - batch: How many texts a request of a run will hold.
  ///   - timeout: For each request.
  /// - Throws: Why nothing should be embedded like this.
  package func learn(
    knowing known: String, _ answer: EmbeddingReply?, batch: Int, timeout: Duration
  ) async throws(CapabilityFault) {
    let alone = try await settleDimensions(known, answer, timeout)
    let width = alone.dimensions
    let (texts, many) = try await settleBatch(known, max(3, batch), width, timeout)
    let turned: EmbeddingReply
    do throws(EmbeddingFault) {
      turned = try await embed(EmbeddingClient.turned(texts), expecting: width, timeout: timeout)
    } catch {
      throw .refused(error)
    }
    try judge(alone.vectors[0], many: many.vectors, turned: turned.vectors)
    update { $0.sample = EndpointProfile.Sample(text: known, vector: alone.vectors[0]) }
  }

  /// Asks for the vector of the profile's known text again; does nothing where there is none.
  ///
  /// - Parameter timeout: For the request.
  /// - Throws: `otherVector` where it is not the one of then, or why none came.
  package func checkSample(timeout: Duration) async throws(EmbeddingFault) {
    guard let sample = profile.sample else { return }
    let again = try await embed([sample.text], expecting: sample.vector.count, timeout: timeout)
    let likeness = EmbeddingClient.product(
      EmbeddingClient.direction(again.vectors[0]), EmbeddingClient.direction(sample.vector))
    guard likeness > EmbeddingClient.likeness else {
      throw EmbeddingFault(.otherVector, status: 200, requestID: again.requestID)
    }
  }

  private func settleDimensions(
    _ known: String, _ answer: EmbeddingReply?, _ timeout: Duration
  ) async throws(CapabilityFault) -> EmbeddingReply {
    let native = KnownModel.named(model.model)?.nativeDimensions
    if let answer, model.dimensions == nil {
      // Of a width that nobody asked for, a quarter of the known one alone is surely wrong.
      guard let native, answer.dimensions * 4 == native else { return answer }
      throw .refused(EmbeddingFault(.wrongDimension(expected: native, got: answer.dimensions)))
    }
    if let answer, answer.dimensions == model.dimensions {
      update { $0.dimensions = $0.dimensions ?? .honoured }
      return answer
    }
    if let asked = model.dimensions {
      for name in EmbeddingClient.dimensionsNames {
        let before = profile.dimensions
        update { $0.dimensions = .named(name) }
        if let reply = try? await embed([known], expecting: asked, timeout: timeout) {
          return reply
        }
        update { $0.dimensions = before }
      }
    }
    guard let answer, let asked = model.dimensions else {
      throw .refused(EmbeddingFault(.dimensionsRefused))
    }
    throw .refused(EmbeddingFault(.wrongDimension(expected: asked, got: answer.dimensions)))
  }

  private func settleBatch(
    _ known: String, _ batch: Int, _ width: Int, _ timeout: Duration
  ) async throws(CapabilityFault) -> ([String], EmbeddingReply) {
    var count = batch
    for _ in 0..<EmbeddingClient.batchTries {
      let texts = EmbeddingClient.texts(count, with: known)
      do throws(EmbeddingFault) {
        let reply = try await embed(texts, expecting: width, timeout: timeout)
        update { $0.acceptedBatch = max($0.acceptedBatch ?? 0, texts.count) }
        return (texts, reply)
      } catch {
        // Told of a larger batch by the judgement of any reply.
        if case .sameVectors = error.cause { throw .constant }
        guard case .tooManyInputs(let limit) = error.cause, count > 1 else {
          throw .refused(error)
        }
        count = max(1, min(limit ?? count / 2, count - 1))
        update { [count] in $0.largestBatch = count }
      }
    }
    throw .refused(EmbeddingFault(.tooManyInputs(limit: nil), inputCount: count))
  }

  /// Judges what came back: of the known text alone, of many with it at their end, and of three of
  /// those the other way round.
  private func judge(
    _ alone: [Float], many: [[Float]], turned: [[Float]]
  ) throws(CapabilityFault) {
    let directions = many.map(EmbeddingClient.direction)
    func place(of vector: [Float], among places: [Int]) -> Int? {
      let direction = EmbeddingClient.direction(vector)
      let likenesses = places.map { EmbeddingClient.product(direction, directions[$0]) }
      guard let best = likenesses.max(), best > EmbeddingClient.likeness else { return nil }
      return likenesses.firstIndex(of: best).map { places[$0] }
    }
    let all = Array(directions.indices)
    if let first = directions.first, directions.count > 1,
      directions.allSatisfy({ EmbeddingClient.product($0, first) > EmbeddingClient.sameness })
    {
      throw .constant
    }
    guard let found = place(of: alone, among: all) else { throw .unsteady }
    guard found == all.count - 1 else { throw .shuffled }
    let asked = EmbeddingClient.turned(all.map(String.init)).compactMap { Int($0) }
    for (vector, expected) in zip(turned, asked) {
      guard let found = place(of: vector, among: asked) else { throw .unsteady }
      guard found == expected else { throw .shuffled }
    }
    update { profile in
      profile.isOrdered = true
      profile.isNormalised = many.allSatisfy {
        abs(EmbeddingClient.product($0, $0) - 1) < 0.002
      }
      profile.isDeterministic = [many[many.count - 1], turned[0]].allSatisfy { again in
        zip(alone, again).allSatisfy { abs($0 - $1) < 1e-6 }
      }
    }
  }

  private static func product(_ one: [Float], _ other: [Float]) -> Float {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func direction(_ vector: [Float]) -> [Float] {
    let length = product(vector, vector).squareRoot()
    return vector.map { $0 / length }
  }
}
