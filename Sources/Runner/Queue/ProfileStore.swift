internal import Core
internal import Embeddings
internal import Monitor
internal import Postgres

/// Keeps what the probe of capabilities has found out of an endpoint, for the processes to come.
struct ProfileStore: Sendable {
  let database: Database
  let model: EmbeddingModel

  func keep(_ profile: EndpointProfile) async throws(PostgresFault) {
    guard profile.isProbed, let sample = profile.sample else { return }
    let dimensions: String? =
      switch profile.dimensions {
      case nil: nil
      case .honoured: ProfileStore.protocolName
      case .named(let name): name
      }
    let vector = "{" + sample.vector.map { "\($0)" }.joined(separator: ",") + "}"
    _ = try await database.query(
      ProfileSQL.keep,
      [
        .text(model.identity), .text(model.model), dimensions.map { .text($0) } ?? .null,
        profile.base64.map { .text($0.rawValue) } ?? .null,
        ProfileStore.count(profile.acceptedBatch), ProfileStore.count(profile.largestBatch),
        profile.isNormalised.map { .bool($0) } ?? .null,
        profile.isDeterministic.map { .bool($0) } ?? .null, .text(sample.text), .text(vector),
      ])
  }

  /// What is known of the endpoint, or nil where nobody has probed it for this database.
  func known() async throws(PostgresFault) -> EndpointProfile? {
    guard let row = try await database.query(ProfileSQL.known, [.text(model.identity)]).first
    else { return nil }
    var profile = EndpointProfile()
    profile.dimensions = try row.optionalText("dimensions").map {
      $0 == ProfileStore.protocolName ? .honoured : .named($0)
    }
    profile.base64 = try row.optionalText("base64").flatMap(EndpointProfile.Base64.init(rawValue:))
    profile.acceptedBatch = try row.optionalInt("accepted_batch")
    profile.largestBatch = try row.optionalInt("largest_batch")
    profile.isNormalised = try row.optionalBool("is_normalised")
    profile.isDeterministic = try row.optionalBool("is_deterministic")
    profile.isOrdered = true
    profile.sample = EndpointProfile.Sample(
      text: try row.text("known_text"),
      vector: try row.texts("known_vector").compactMap { Float($0) })
    return profile
  }

  /// The name that the protocol gives to the wish for a number of dimensions.
  private static let protocolName = "dimensions"

  private static func count(_ count: Int?) -> Parameter {
    count.map { .int4(Int32(clamping: $0)) } ?? .null
  }
}

extension RunSession {
  /// Keeps what this process has found out of the endpoint, or else takes over what is known, and
  /// sees whether it still holds.
  ///
  /// - Throws: `RunAbort` where the endpoint has changed, or answers nothing for as long as a run may
  ///   stand still.
  func settleProfile() async throws {
    let client = runner.client
    let store = ProfileStore(database: queue.database, model: client.model)
    if client.profile.isProbed { return try await store.keep(client.profile) }
    guard let known = try await store.known() else { return }
    client.adopt(known)
    var failures = 0
    while !stop.isRequested {
      do throws(EmbeddingFault) {
        return try await client.checkSample(timeout: runner.options.requestTimeout)
      } catch {
        try Task.checkCancellation()
        failures += 1
        let wait = error.retryAfter ?? Backoff.provider.wait(after: failures)
        guard error.disposition.isOfTheMoment,
          start.duration(to: .now) + wait < runner.conditions.noProgressFor
        else { throw RunAbort(error) }
        try await ContinuousClock().sleep(for: wait)
      }
    }
  }
}

extension EmbeddingFault.Disposition {
  /// Whether the same request may be answered later.
  fileprivate var isOfTheMoment: Bool {
    switch self {
    case .retry, .pause: true
    case .abort, .split, .reject: false
    }
  }
}
