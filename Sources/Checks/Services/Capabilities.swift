internal import Checklist
internal import Core
internal import Embeddings
internal import Gate

extension ModelProbe {
  /// Whether key and model are good, and what the endpoint makes of a run's requests.
  func judgedCapabilities(
    batch: Int, within timeout: Duration, on clock: some Clock<Duration>
  ) async -> Finding {
    let start = ContinuousClock.now
    let key = await judgedKey(within: timeout, on: clock)
    var alone = try? answer.get()
    if key.status == .pass, alone == nil {
      // A rate limit was waited out, and its answer is not kept.
      alone = try? await client.embed([ModelProbe.text], timeout: timeout)
    }
    guard key.status == .pass || refusesDimensions else { return key }
    let left = timeout - start.duration(to: .now)
    do throws(CapabilityFault) {
      try await client.learn(knowing: ModelProbe.text, alone, batch: batch, timeout: left)
    } catch {
      return key.status == .pass ? finding(of: error, key) : key
    }
    return .pass(
      "\(client.model.model) at \(client.model.baseURL) answers a run's requests as it should",
      evidence: (key.status == .pass ? key.evidence : [:]).merging([
        "capabilities": .list(client.profile.lines)
      ]) { own, _ in own
      })
  }

  private var refusesDimensions: Bool {
    if case .failure(let fault) = answer { fault.cause == .dimensionsRefused } else { false }
  }

  private func finding(of fault: CapabilityFault, _ key: Finding) -> Finding {
    let model = client.model
    if case .refused(let refusal) = fault { return judged(refusal, evidence: key.evidence) }
    return .fail(
      "\(model.model) at \(model.baseURL): \(fault.message)",
      expected: "for each text its own vector, the same each time and in the texts' order",
      observed: fault.message,
      fix: "model: \(model.model)   # take another endpoint for it, or mend the gateway in between",
      evidence: key.evidence)
  }
}

extension ModelProbe {
  /// The finding on a request of more texts than the probe's, after a probe that was answered.
  ///
  /// - Parameters:
  ///   - fault: Why there are no vectors to go on with.
  ///   - evidence: What is known besides.
  /// - Returns: A failure where it is the vectors that are wrong.
  func judged(_ fault: EmbeddingFault, evidence: [String: Evidence] = [:]) -> Finding {
    guard fault.cause.isOfVectors else { return refused(fault) }
    return .fail(
      fault.message,
      expected: "vectors of one length, one of its own for each text, all of numbers",
      observed: fault.message, fix: fix(of: fault), evidence: evidence)
  }
}

extension EmbeddingFault.Cause {
  /// Whether an answer came, and it is the vectors that are wrong.
  fileprivate var isOfVectors: Bool {
    switch self {
    case .wrongCount, .badIndexes, .badNumbers, .zeroVector, .wrongDimension, .mixedDimensions,
      .sameVectors:
      true
    default: false
    }
  }
}

extension Services {
  /// The most texts that a pipeline sends a model at once.
  func largestBatch(for model: String) -> Int {
    pipelineForecasts(for: model).map(\.pipeline.batch).max() ?? 1
  }

  /// What `capabilities` asks of a model.
  func capabilityQuestions(of model: String) -> [Question] {
    guard let client = client(of: model) else { return [] }
    let requests = client.capabilityRequests(
      knowing: ModelProbe.text, batch: largestBatch(for: model), timeout: Services.patience)
    return requests.map {
      .sending($0, in: self, of: model)
    }
  }
}
