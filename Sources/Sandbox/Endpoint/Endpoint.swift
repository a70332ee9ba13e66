package import Core
internal import FlyingFox
internal import FlyingSocks
internal import Postgres
internal import Synchronization

/// What the endpoint plays, and how.
package struct EndpointOptions: Sendable {
  /// The one key that the embeddings API takes.
  package var apiKey: Secret
  package var project: HostedProject
  package var behaviours: Set<EndpointBehaviour>
  /// How long an embeddings request takes beside the work itself, for benchmarks.
  package var latency: Duration

  package init(
    apiKey: Secret, project: HostedProject, behaviours: Set<EndpointBehaviour> = [],
    latency: Duration = .zero
  ) {
    self.apiKey = apiKey
    self.project = project
    self.behaviours = behaviours
    self.latency = latency
  }
}

/// A Supabase project as its Management API shows it.
package struct HostedProject: Sendable {
  /// Twenty lower-case letters.
  package var reference: String
  package var accessToken: Secret
  package var secrets: [String: Secret]
  /// Its REST API; without one the endpoint has no `/rest/v1`.
  package var api: ProjectAPI?

  package init(
    reference: String, accessToken: Secret, secrets: [String: Secret], api: ProjectAPI? = nil
  ) {
    self.reference = reference
    self.accessToken = accessToken
    self.secrets = secrets
    self.api = api
  }
}

/// What a project's REST API stands on.
package struct ProjectAPI: Sendable {
  /// The URL of a user who may take on the API's roles.
  package var database: Secret
  package var anonKey: Secret
  package var serviceRoleKey: Secret

  package init(database: Secret, anonKey: Secret, serviceRoleKey: Secret) {
    self.database = database
    self.anonKey = anonKey
    self.serviceRoleKey = serviceRoleKey
  }
}

/// One HTTP server on a free loopback port that plays the hosted services of a deployment.
///
/// It answers `/v1/embeddings` and `/v1/models` as OpenAI does, `/v1/projects/{ref}/secrets` as
/// Supabase's Management API does, and `/rest/v1/rpc/{function}` as PostgREST does.
package final class Endpoint: Sendable {
  /// What has been asked of an endpoint so far.
  package struct Counts: Sendable, Equatable {
    package var requests = 0
    package var embeddingsRequests = 0
    /// Texts for which a vector was sent.
    package var embeddedTexts = 0
    /// Embeddings requests that were under way together at most.
    package var mostUnderWay = 0
    var underWay = 0

    mutating func begin() {
      embeddingsRequests += 1
      underWay += 1
      mostUnderWay = max(mostUnderWay, underWay)
    }
  }

  package let port: UInt16
  private let state: EndpointState
  private let server: HTTPServer
  private let serving: Task<Void, Never>

  /// The root of all services: `http://127.0.0.1:PORT`.
  package var url: String { "http://127.0.0.1:\(port)" }
  /// Requests of any kind since the start.
  package var requestCount: Int { counts.requests }
  package var counts: Counts { state.counts.withLock { $0 } }

  private init(port: UInt16, state: EndpointState, server: HTTPServer, serving: Task<Void, Never>) {
    self.port = port
    self.state = state
    self.server = server
    self.serving = serving
  }

  /// Starts the server and returns when it takes connections.
  ///
  /// - Throws: `SandboxProblem.endpointNotStarted`.
  package static func start(
    _ options: EndpointOptions
  ) async throws(SandboxProblem) -> Endpoint {
    let rest: RestService?
    do throws(PostgresFault) {
      rest = if let api = options.project.api { try await RestService.start(api) } else { nil }
    } catch {
      throw .endpointNotStarted(error.message)
    }
    do throws(SandboxProblem) {
      return try await start(EndpointState(options, rest: rest))
    } catch {
      await rest?.stop()
      throw error
    }
  }

  private static func start(
    _ state: EndpointState
  ) async throws(SandboxProblem) -> Endpoint {
    let server: HTTPServer
    do {
      server = HTTPServer(
        config: HTTPServer.Configuration(
          address: try .inet(ip4: "127.0.0.1", port: 0), timeout: longestHandling.seconds,
          sharedRequestBufferSize: EndpointHandler.requestBytes,
          sharedRequestReplaySize: EndpointHandler.requestBytes, pool: PromptSocketPool(),
          logger: .disabled),
        handler: EndpointHandler(state: state))
    } catch {
      throw .endpointNotStarted("\(error)")
    }
    // The server's life is the endpoint's, from here to `stop()`.
    let serving = Task { _ = try? await server.run() }
    do {
      try await server.waitUntilListening()
      guard case .ip4(_, let port) = await server.listeningAddress else {
        throw SandboxProblem.endpointNotStarted("the server has no port")
      }
      return Endpoint(port: port, state: state, server: server, serving: serving)
    } catch {
      await server.stop()
      serving.cancel()
      throw error as? SandboxProblem ?? .endpointNotStarted("\(error)")
    }
  }

  /// Changes how embeddings requests are answered from now on.
  ///
  /// - Parameters:
  ///   - behaviours: What is wrong with the answers; empty for nothing.
  ///   - good: How many requests are answered as they should before.
  ///   - requests: How many misbehave before the answers are right again; nil for all to come.
  package func misbehave(
    _ behaviours: Set<EndpointBehaviour>, after good: Int = 0, forNext requests: Int? = nil
  ) {
    state.misbehaviour.withLock {
      $0 = Misbehaviour(behaviours: behaviours, good: good, remaining: requests)
    }
  }

  /// Answers requests that hang.
  ///
  /// - Parameter count: How many, from the one that has waited longest; nil for all.
  package func letGo(_ count: Int? = nil) { state.held.letGo(count) }

  /// Closes the port and every connection.
  package func stop() async {
    await server.stop()
    serving.cancel()
    await serving.value
    await state.rest?.stop()
  }

  /// A handler may take so long, since one that hangs must not be answered by the server itself.
  private static let longestHandling = Duration.seconds(86_400)
}

/// What the handlers of one endpoint share.
final class EndpointState: Sendable {
  let options: EndpointOptions
  let rest: RestService?
  let counts = Mutex(Endpoint.Counts())
  let misbehaviour: Mutex<Misbehaviour>
  let held = HeldRequests()

  init(_ options: EndpointOptions, rest: RestService?) {
    self.options = options
    self.rest = rest
    misbehaviour = Mutex(Misbehaviour(behaviours: options.behaviours, remaining: nil))
  }
}

/// How the next embeddings requests are to be answered.
struct Misbehaviour {
  let behaviours: Set<EndpointBehaviour>
  /// Requests to come that are answered as they should before.
  var good = 0
  /// Nil for all requests to come.
  var remaining: Int?

  /// The behaviour of one embeddings request, which uses up one of the limited ones.
  mutating func next() -> Set<EndpointBehaviour> {
    guard good == 0 else {
      good -= 1
      return []
    }
    guard let remaining else { return behaviours }
    guard remaining > 0 else { return [] }
    self.remaining = remaining - 1
    return behaviours
  }
}
