internal import Checklist
internal import Core
internal import Embeddings
internal import Gate
internal import HTTP

/// What a model answered to one tiny request.
struct ModelProbe: Sendable {
  /// One token, so that asking costs next to nothing.
  static let text = "preflight"

  let client: EmbeddingClient
  let answer: Result<EmbeddingReply, EmbeddingFault>
  /// The variables that key and address come from, for what to mend.
  let keyVariable: String
  let addressVariable: String?
  /// The variable that names a proxy for this address, where one does: it is not used.
  let proxyVariable: String?

  /// The length of the vector, where one came.
  var dimensions: Int? { try? answer.get().dimensions }

  /// What the endpoint told of its limits, with a vector or without.
  var rateLimits: RateLimits {
    switch answer {
    case .success(let reply): reply.rateLimits
    case .failure(let fault): fault.rateLimits
    }
  }

  /// Why no vector came.
  var silence: String? {
    if case .failure(let fault) = answer { fault.message } else { nil }
  }

  /// Whether the endpoint did not answer as an embeddings API does, be it with a refusal.
  var isBroken: Bool {
    if case .failure(let fault) = answer {
      [.noAnswer, .unsendable].contains(ModelProbe.nature(of: fault))
    } else {
      false
    }
  }

  /// What a fault says about an endpoint.
  private enum Nature {
    case noAnswer
    /// The endpoint works, and refuses us for good.
    case refusal
    /// The endpoint works, and refuses us now.
    case busy
    /// The request could not even leave, and never will.
    case unsendable
  }

  private static func nature(of fault: EmbeddingFault) -> Nature {
    switch fault.cause {
    case .keyMissing, .wrongKey, .forbidden, .noQuota, .regionBlocked, .modelMissing, .wrongURL,
      .dimensionsRefused, .encodingRefused, .otherModel, .otherLength, .otherVector:
      .refusal
    case .unreachable(.invalidHeader), .unreachable(.invalidURL): .unsendable
    case .rateLimited, .overRateLimit: .busy
    case .proxyRefused, .redirected, .inputTooLong, .tooManyInputs, .tooManyTokens, .bodyTooLarge,
      .invalidInput, .refused, .serverError, .unreachable, .timedOut, .truncated, .cancelled,
      .notJSON, .html, .noData, .wrongCount, .badIndexes, .badNumbers, .zeroVector,
      .wrongDimension, .mixedDimensions, .sameVectors:
      .noAnswer
    }
  }

  /// The finding of the service's own check.
  var judgedService: Finding {
    switch answer {
    case .success(let reply): return pass(reply)
    case .failure(let fault):
      guard isBroken else {
        let status = fault.status.map { " with status \($0)" } ?? ""
        let manner = fault.cause.isOfURL ? "" : " as an embeddings API does"
        return .pass("\(client.model.baseURL) answers\(manner)\(status)")
      }
      return refused(fault)
    }
  }

  /// Whether key and model are good; a rate limit is waited out once, if the time allows.
  func judgedKey(
    within timeout: Duration, on clock: some Clock<Duration>
  ) async -> Finding {
    switch answer {
    case .success(let reply): return pass(reply)
    case .failure(let fault):
      guard ModelProbe.nature(of: fault) == .busy, let wait = fault.retryAfter,
        wait + .seconds(1) < timeout
      else { return refused(fault) }
      do {
        try await clock.sleep(for: wait)
        let reply = try await client.embed([ModelProbe.text], timeout: timeout - wait)
        return pass(reply)
      } catch let again as EmbeddingFault {
        return refused(again)
      } catch {
        return refused(fault)
      }
    }
  }

  private func pass(_ reply: EmbeddingReply) -> Finding {
    var evidence: [String: Evidence] = ["dimensions": .number(Double(reply.dimensions))]
    if let tokens = reply.tokens { evidence["tokens"] = .number(Double(tokens)) }
    if let id = reply.requestID { evidence["request_id"] = .text(id) }
    evidence.merge(reply.rateLimits.evidence) { own, _ in own }
    return .pass(
      "\(client.model.model) at \(client.model.baseURL) answers with \(reply.dimensions) numbers",
      evidence: evidence)
  }

  func refused(_ fault: EmbeddingFault) -> Finding {
    let expected = "an embedding from \(client.model.model)"
    var evidence: [String: Evidence] = [:]
    if let status = fault.status { evidence["status"] = .number(Double(status)) }
    if let id = fault.requestID { evidence["request_id"] = .text(id) }
    evidence.merge(fault.rateLimits.evidence) { own, _ in own }
    return [.refusal, .unsendable].contains(ModelProbe.nature(of: fault))
      ? .fail(
        fault.message, expected: expected, observed: fault.observed, fix: fix(of: fault),
        evidence: evidence)
      : .cannotTell(
        fault.message, expected: expected, observed: fault.observed, fix: fix(of: fault),
        evidence: evidence)
  }

  /// Lines to paste, with the fault's own advice behind them.
  func fix(of fault: EmbeddingFault) -> String {
    let advice = fault.fix.map { "   # \($0)" } ?? ""
    let model = client.model
    func address(_ url: String) -> String {
      addressVariable.map { "export \($0)=\(shellQuoted(url))" } ?? "embeddings: \(url)"
    }
    switch fault.cause {
    case .keyMissing, .wrongKey, .forbidden, .unreachable(.invalidHeader):
      return "export \(keyVariable)='…'\(advice)"
    case .modelMissing: return "model: text-embedding-3-small\(advice)"
    case .otherModel(let name): return "model: \(name)\(advice)"
    case .wrongURL(let suggestion?): return address(suggestion)
    case .redirected(let target?) where target.hasSuffix("/embeddings"):
      return address(String(target.dropLast("/embeddings".count)))
    case .html: return address(model.correctedBaseURL ?? "https://HOST/v1") + advice
    case .wrongURL(nil), .redirected, .unreachable(.invalidURL):
      return address("https://HOST/v1") + advice
    case .unreachable(let wire): return inquiry(into: wire, advice)
    case .timedOut(let limit, let phase):
      return inquiry(into: .timedOut(limit, phase: phase), advice)
    case .dimensionsRefused, .wrongDimension: return "# take `dimensions` out\(advice)"
    case .noQuota: return "# \(fault.fix ?? "")\n" + request(model)
    case .rateLimited, .overRateLimit:
      return "sleep \(Int((fault.retryAfter ?? .seconds(60)).seconds.rounded(.up)))\n"
        + request(model)
    default: return request(model) + advice
    }
  }

  private func inquiry(into wire: HTTPFault, _ advice: String) -> String {
    let line =
      wire.inquiry(correcting: addressVariable ?? "embeddings") ?? request(client.model) + advice
    guard wire.isOfTheWay, let proxyVariable else { return line }
    return line
      + "\n# \(proxyVariable) names a proxy; preflight uses none, so that the key goes to "
      + "the endpoint alone"
  }

  /// The same request as a shell command, with the key by its variable's name.
  private func request(_ model: EmbeddingModel) -> String {
    """
    curl \(shellQuoted(model.baseURL + "/embeddings")) -H "Authorization: Bearer $\(keyVariable)" \
    -H 'Content-Type: application/json' \
    -d \(shellQuoted(#"{"model": "\#(model.model)", "input": "\#(ModelProbe.text)"}"#))
    """
  }
}

extension Services {
  /// Sends a model one tiny request.
  func reachModel(
    _ service: ServiceDeclaration, _ settings: Settings, judgesKey: Bool
  ) async -> Finding {
    let client = EmbeddingClient(EmbeddingModel(settings), http: http)
    let timeout = Services.patience - .seconds(1)
    let answer: Result<EmbeddingReply, EmbeddingFault>
    do throws(EmbeddingFault) {
      answer = .success(try await client.embed([ModelProbe.text], timeout: timeout))
    } catch {
      answer = .failure(error)
    }
    let probe = ModelProbe(
      client: client, answer: answer,
      keyVariable: variable(of: "api_key", in: service.name) ?? "OPENAI_API_KEY",
      addressVariable: variable(of: ServiceKind.embeddings.rawValue, in: service.name),
      proxyVariable: proxyVariable(for: client.model.baseURL))
    keep(probe, as: service.name)
    guard judgesKey, !probe.isBroken else { return probe.judgedService }
    return await probe.judgedKey(within: .zero, on: ContinuousClock())
  }
}

extension Services {
  /// The variable by which most programs are told of a proxy for an address; nil where none is set.
  private func proxyVariable(for address: String) -> String? {
    let scheme = address.lowercased().hasPrefix("https:") ? "https" : "http"
    let names = ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY", "all_proxy", "ALL_PROXY"]
    return names.first { variables[$0]?.isEmpty == false }
  }
}

extension RateLimits {
  /// What the endpoint told of its limits, for reports.
  fileprivate var evidence: [String: Evidence] {
    var evidence: [String: Evidence] = [:]
    for (name, bucket) in [("requests", requests), ("tokens", tokens)] {
      let window =
        switch bucket.window {
        case Bucket.minute: "minute"
        case Bucket.day: "day"
        default: bucket.window.text.replacing(" ", with: "_")
        }
      if let limit = bucket.limit { evidence["\(name)_per_\(window)"] = .number(Double(limit)) }
      if let remaining = bucket.remaining { evidence["\(name)_left"] = .number(Double(remaining)) }
    }
    return evidence
  }
}

extension EmbeddingFault.Cause {
  /// Whether the endpoint is there, and something else than embeddings is served under the URL.
  fileprivate var isOfURL: Bool { if case .wrongURL = self { true } else { false } }
}

extension EmbeddingFault {
  /// What came back, in short: status and code where there are any.
  fileprivate var observed: String {
    guard let status else { return message }
    return "status \(status)" + (code.map { ", \($0)" } ?? "")
  }
}
