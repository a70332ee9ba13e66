internal import Core
internal import FlyingFox
internal import FoundationEssentials
internal import Postgres
internal import Synchronization

/// A Supabase project's REST API, `/rest/v1/rpc/…`, over the sandbox's own database.
///
/// A function is found in a schema cache, as PostgREST finds it: by its name and the names of its
/// arguments, among those that were there when the cache was read. That happens at the start, and again
/// after `notify pgrst, 'reload schema'`. `Prefer: tx=rollback` has no effect, as on hosted projects.
final class RestService: Sendable {
  private static let patience = Duration.seconds(30)

  private let api: ProjectAPI
  private let connection: Connection
  /// The cache as the latest request has it: each looks for a reload behind the one before it, so that
  /// none answers by what was just thrown away.
  private let latest: Mutex<Task<Result<RoutineCache, PostgresFault>, Never>>

  private init(_ api: ProjectAPI, _ connection: Connection, _ cache: RoutineCache) {
    self.api = api
    self.connection = connection
    latest = Mutex(Task { .success(cache) })
  }

  /// Connects to the database and reads the schema cache.
  static func start(_ api: ProjectAPI) async throws(PostgresFault) -> RestService {
    let connection = try await Connection.open(
      api.database, applicationName: "PostgREST of the sandbox", timeout: patience)
    do throws(PostgresFault) {
      try await connection.script("listen pgrst", timeout: patience)
      return RestService(api, connection, try await RoutineCache.read(over: connection))
    } catch {
      await connection.close()
      throw error
    }
  }

  func stop() async { await connection.close() }

  /// Answers a request whose path has these parts behind `/rest/v1`.
  func answer(_ request: HTTPRequest, parts: [String]) async -> EndpointReply {
    do throws(RestError) {
      let role = try role(of: request)
      guard let first = parts.first else { throw .rootDisabled }
      guard first == "rpc", parts.count == 2 else { throw .pathUnknown }
      return try await invoke(parts[1], by: request, as: role)
    } catch {
      return EndpointReply(
        status: error.status, body: error.body, contentType: "application/json; charset=utf-8")
    }
  }

  /// The role of the request's key, which goes into `apikey`; a bearer beside it has to be the same.
  ///
  /// The newer keys are no JWTs, so that PostgREST cannot read them as bearers
  /// (supabase/supabase#45993); the gateway lets one through that equals the `apikey`.
  private func role(of request: HTTPRequest) throws(RestError) -> String {
    let given =
      request.headers[HTTPHeader("apikey")] ?? request.query.first { $0.name == "apikey" }?.value
    guard let given, !given.isEmpty else { throw .keyMissing }
    let key = Secret(given)
    guard let role = key == api.serviceRoleKey ? "service_role" : key == api.anonKey ? "anon" : nil
    else { throw .keyUnknown }
    if let bearer = request.headers[.authorization]?.bearerToken, bearer != given {
      throw .bearerUnknown(
        parts: bearer.split(separator: ".", omittingEmptySubsequences: false).count)
    }
    return role
  }

  private func invoke(
    _ name: String, by request: HTTPRequest, as role: String
  ) async throws(RestError) -> EndpointReply {
    let isPost = request.method == .POST
    guard isPost || [.GET, .OPTIONS].contains(request.method) else {
      throw .methodUnknown(request.method.rawValue)
    }
    let profile = request.headers[HTTPHeader(isPost ? "content-profile" : "accept-profile")]
    if let profile, profile != RoutineCache.schema { throw .schemaHidden(profile) }
    let arguments =
      isPost ? try RestArguments(body: await body(of: request)) : RestArguments(request.query)
    let routine = try await currentCache().routine(name, arguments.names, takesBody: isPost)
    if request.method == .OPTIONS {
      let methods = routine.isVolatile ? "OPTIONS,POST" : "OPTIONS,GET,HEAD,POST"
      return EndpointReply(
        status: 200, body: [],
        headers: [("access-control-allow-origin", "*"), ("allow", methods)])
    }
    let call = RoutineCall(routine, arguments)
    do throws(PostgresFault) {
      let answer = try await call.run(
        as: role, mayWrite: isPost && routine.isVolatile, over: connection,
        timeout: RestService.patience)
      return EndpointReply(
        status: answer == nil ? 204 : 200, body: Array((answer ?? "").utf8),
        contentType: "application/json; charset=utf-8")
    } catch {
      guard case .server(let error) = error else { throw .databaseGone(error.message) }
      throw .refused(error, isAnonymous: role == "anon")
    }
  }

  private func body(of request: HTTPRequest) async throws(RestError) -> Data {
    do {
      return try await request.bodyData
    } catch {
      throw .bodyUnreadable
    }
  }

  /// The cache, read anew where somebody asked for it.
  private func currentCache() async throws(RestError) -> RoutineCache {
    let cache = latest.withLock { latest in
      let task = Task { [before = latest, connection] in
        await RestService.refreshed(await before.value, over: connection)
      }
      latest = task
      return task
    }
    do throws(PostgresFault) {
      return try await cache.value.get()
    } catch {
      throw .databaseGone(error.message)
    }
  }

  private static func refreshed(
    _ cache: Result<RoutineCache, PostgresFault>, over connection: Connection
  ) async -> Result<RoutineCache, PostgresFault> {
    do throws(PostgresFault) {
      let words = try await connection.notifications(timeout: patience)
      let isToldTo = words.contains { ["", "reload schema"].contains($0.payload) }
      if case .success = cache, !isToldTo { return cache }
      return .success(try await RoutineCache.read(over: connection))
    } catch {
      return .failure(error)
    }
  }
}
