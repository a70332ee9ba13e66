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
    passesWhen: "One tiny embeddings request with the configured model is answered.",
    cannotTellWhen: """
      The endpoint cannot be reached, answers with a fault of its own, or refuses for its rate limit \
      even after the wait that it asks for.
      """,
    needs: "One embeddings request of one short text, shared with the service's own check.")

  let service: String

  package init(_ settings: Settings) throws(Diagnostic) {
    service = settings.text("api_key")
  }

  package var services: [String] { [service] }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    guard let probe = services.probe(of: service), !probe.isBroken else {
      return .skip(because: "service.\(service)")
    }
    return await probe.judgedKey(within: timeout, on: ContinuousClock())
  }
}
