package import Checklist
package import Core
internal import Embeddings
package import Gate

/// Whether an embeddings endpoint takes the key, for the configured model.
package struct APIKeyCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "api_key", .service(kind: "embeddings"), "The endpoint whose key is tried.",
      example: "embedder"),
    summary: "An embeddings endpoint answers a real request with the configured key and model.",
    settings: [
      Field(
        "capabilities", .flag,
        "Whether to try what the endpoint makes of a run's requests, by a few more of them.",
        example: "true", defaultText: "false")
    ],
    passesWhen: """
      One tiny embeddings request with the configured model is answered. With `capabilities`, as many \
      texts as a pipeline sends at once get as many vectors, in their order, of the asked length, the \
      same for the same text and others for others; a run that follows keeps to what was learned.
      """,
    cannotTellWhen: """
      The endpoint cannot be reached (name, route, proxy, certificate and silence are told apart), \
      answers with a fault of its own, or refuses for its rate limit even after the wait that it asks \
      for.
      """,
    needs: """
      One embeddings request of one short text, shared with the service's own check. For the forecast \
      of a pipeline, in the evidence, `select` on its source.
      """,
    failures: [
      .init(
        when: "the key is missing, wrong or without access",
        mending: """
          Set the variable of `api_key` to a key of the project that pays; make a new one \
          where it was revoked.
          """),
      .init(
        when: "the quota is used up",
        mending: "Add credit, or raise the limit of the project; waiting does not help."),
      .init(
        when: "the endpoint does not know the model",
        mending: "Correct `model`, or give the key access to it."),
      .init(
        when: "the endpoint does not serve this region",
        mending: "Run from a region that it serves, or take another endpoint."),
      .init(
        when: "`capabilities` shows vectors that cannot be relied on",
        mending: "Take another endpoint or model, or mend the gateway in between."),
      .init(
        when: "the base URL is wrong",
        mending: "Take the address that the finding suggests, often the same one with `/v1`."),
    ])

  let service: String
  private let triesCapabilities: Bool

  package init(_ settings: Settings) throws(Diagnostic) {
    service = settings.text("api_key")
    triesCapabilities = settings.flag("capabilities")
  }

  package var services: [String] { [service] }

  package func wishes(in services: Services) -> [String] {
    services.pipelineForecasts(for: service).map(\.pipeline.database)
  }

  package func questions(in services: Services) -> [Question] {
    let again = services.questions(of: service).prefix(1).map { question in
      Question(
        question.wire, of: service,
        condition: "once more where the rate limit refuses, after the wait that it asks for")
    }
    let forecasts = services.pipelineForecasts(for: service).map {
      Question.reading(
        $0.query, of: $0.pipeline.database,
        condition: "for a forecast, where the key is good and the database stands")
    }
    return again + (triesCapabilities ? services.capabilityQuestions(of: service) : [])
      + forecasts
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    guard let probe = services.probe(of: service), !probe.isBroken else {
      return .skip(because: "service.\(service)")
    }
    let start = ContinuousClock.now
    let finding = await judged(probe, in: services, within: timeout)
    // What the key is good for must not make the judgement of the key itself late.
    let left = timeout - start.duration(to: .now)
    let needed = PipelineForecast.patience * (services.pipelineForecasts(for: service).count + 1)
    guard finding.status == .pass, left > needed else { return finding }
    let forecast = await services.forecast(for: service)
    return forecast.isEmpty
      ? finding
      : .pass(
        finding.message,
        evidence: finding.evidence.merging(["forecast": .list(forecast)]) { own, _ in own })
  }

  private func judged(
    _ probe: ModelProbe, in services: Services, within timeout: Duration
  ) async -> Finding {
    guard triesCapabilities else {
      return await probe.judgedKey(within: timeout, on: ContinuousClock())
    }
    return await probe.judgedCapabilities(
      batch: services.largestBatch(for: service), within: timeout, on: ContinuousClock())
  }
}
