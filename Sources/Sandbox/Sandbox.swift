package import Core
internal import Synchronization

/// A throw-away world for one command: a Postgres with the postmortem's database, an endpoint that
/// plays the hosted services, and a small source tree.
///
/// Whoever starts one stops it; `runCommand` does so itself.
package final class Sandbox: Sendable {
  /// The variables that COMMAND is given beside its inherited ones.
  package let environment: [String: String]
  /// The variables that COMMAND must not inherit.
  package let unset: [String]
  package let endpoint: Endpoint
  /// The URL of the world's database, as `DATABASE_URL` has it.
  package let databaseURL: Secret
  /// The name of that database.
  package let database: String
  /// The root of the planted source tree, as `SOURCE_ROOT` has it.
  package let sourceRoot: String

  private let parts: Parts
  private let removal = Mutex<Task<Void, Never>?>(nil)

  /// What runs and stands on disk, as far as it has been made.
  private struct Parts: Sendable {
    let folder: TemporaryFolder
    var endpoint: Endpoint?
    var server: PostgresServer?
    var pooler: PgBouncer?
    /// The world's database on a server that others share.
    var guest: GuestDatabase?

    func remove() async {
      await endpoint?.stop()
      await pooler?.stop()
      await server?.stop()
      await guest?.drop()
      folder.remove()
    }
  }

  private init(_ parts: Parts, endpoint: Endpoint, server: PostgresServer, world: Plan) {
    self.parts = parts
    self.endpoint = endpoint
    let credentials = world.credentials
    let database = parts.guest?.name ?? Plan.database
    let url = parts.pooler?.url(database: database) ?? server.url(database: database)
    databaseURL = Secret(url)
    self.database = database
    sourceRoot = world.sourceRoot(in: parts.folder)
    var environment = [
      "DATABASE_URL": url,
      "OPENAI_BASE_URL": endpoint.url + (world.faults.contains(.wrongBaseURL) ? "" : "/v1"),
      "OPENAI_API_KEY": credentials.apiKey,
      "SUPABASE_PROJECT_REF": credentials.projectReference,
      "SUPABASE_ACCESS_TOKEN": credentials.accessToken,
      "SUPABASE_API_URL": endpoint.url,
      "SUPABASE_URL": endpoint.url,
      "SUPABASE_ANON_KEY": credentials.anonKey,
      "SUPABASE_SERVICE_ROLE_KEY": credentials.serviceRoleKey,
      "SOURCE_ROOT": sourceRoot,
    ]
    var unset = Plan.misleadingVariables
    if world.faults.contains(.keyMissing) {
      environment["OPENAI_API_KEY"] = nil
      unset.append("OPENAI_API_KEY")
    }
    if world.faults.contains(.anonKeyAsServiceKey) {
      environment["SUPABASE_SERVICE_ROLE_KEY"] = credentials.anonKey
    }
    if world.faults.contains(.serviceKeyPublished) {
      environment["SUPABASE_ANON_KEY"] = credentials.serviceRoleKey
    }
    self.environment = environment
    self.unset = unset
  }

  /// Starts everything; when that fails or the task is cancelled, nothing is left of it.
  ///
  /// - Parameters:
  ///   - options: How it is to be.
  ///   - host: A server that outlives the sandbox and holds others' databases, too; without one the
  ///     sandbox has a server of its own.
  /// - Returns: A world that is ready.
  /// - Throws: Why there is none.
  package static func start(
    _ options: SandboxOptions, on host: PostgresServer? = nil
  ) async throws(SandboxProblem) -> Sandbox {
    let plan = Plan(options)
    // Before anything is started: a bad file of rows is the user's to mend.
    let rows = try options.rows.map { path throws(SandboxProblem) in try RowFile.read(path).rows }
    var parts = Parts(folder: try TemporaryFolder())
    do throws(SandboxProblem) {
      try SourceTree.plant(in: plan.sourceRoot(in: parts.folder), plan.faults)
      let server: PostgresServer
      if let host {
        server = host
        parts.guest = try await GuestDatabase.create(on: host)
      } else {
        server = try await plan.startServer(in: parts.folder)
        parts.server = server
      }
      let url = Secret(server.url(database: parts.guest?.name ?? Plan.database))
      try await World.create(in: url, rows: rows ?? SampleRows.all, plan.faults)
      let endpoint = try await plan.startEndpoint(databaseURL: url)
      parts.endpoint = endpoint
      try await World.complete(in: url, plan.faults)
      if options.pgbouncer {
        parts.pooler = try await plan.startPooler(before: server, in: parts.folder)
      }
      guard !Task.isCancelled else { throw .cancelled }
      return Sandbox(parts, endpoint: endpoint, server: server, world: plan)
    } catch {
      let remains = parts
      // In a task of its own, which the cancellation of this one does not reach.
      await Task { await remains.remove() }.value
      throw Task.isCancelled ? .cancelled : error
    }
  }

  /// Stops the servers and removes the folder; returns when that is done, also when called again.
  package func stop() async {
    let task = removal.withLock { removal in
      // A task of its own, which the cancellation of the caller's does not reach.
      let task = removal ?? Task { [parts] in await parts.remove() }
      removal = task
      return task
    }
    await task.value
  }
}

/// The settings that one sandbox is made from.
private struct Plan {
  /// As on Supabase, the database bears the superuser's name.
  static let database = "postgres"
  /// What libpq would take from the environment in place of, or beside, what `DATABASE_URL` says.
  static let misleadingVariables = [
    "PGHOSTADDR", "PGSERVICE", "PGOPTIONS", "PGSSLMODE", "PGCHANNELBINDING", "PGREQUIREAUTH",
    "PGTARGETSESSIONATTRS",
  ]

  let options: SandboxOptions
  let faults: Set<SandboxFault>
  let credentials = Credentials()

  init(_ options: SandboxOptions) {
    self.options = options
    faults = options.faults.expanded
  }

  func sourceRoot(in folder: TemporaryFolder) -> String { folder.path + "/source" }

  func startServer(in folder: TemporaryFolder) async throws(SandboxProblem) -> PostgresServer {
    // A task of its own, which the cancellation of this one does not reach: a server that is ready is
    // stopped more surely than one that is half made, and the start takes half a second.
    let starting = Task { [options] () async -> Result<PostgresServer, SandboxProblem> in
      do throws(PostgresServerFault) {
        let installation = try PostgresInstallation.find(preferring: options.postgresBinaries)
        return .success(
          try await PostgresServer.start(installation, in: folder.path + "/postgres"))
      } catch {
        return .failure(.serverNotStarted(error.message))
      }
    }
    return try await starting.value.get()
  }

  func startPooler(
    before server: PostgresServer, in folder: TemporaryFolder
  ) async throws(SandboxProblem) -> PgBouncer {
    do throws(PostgresServerFault) {
      return try await PgBouncer.start(
        PgBouncer.installed, in: folder.path + "/pgbouncer", before: server)
    } catch {
      throw .serverNotStarted(error.message)
    }
  }

  func startEndpoint(databaseURL: Secret) async throws(SandboxProblem) -> Endpoint {
    var secrets = [
      "OPENAI_API_KEY": Secret(credentials.apiKey),
      "SUPABASE_DB_URL": databaseURL,
      "SUPABASE_SERVICE_ROLE_KEY": Secret(credentials.serviceRoleKey),
    ]
    if faults.contains(.keyTrailingNewline) {
      secrets["OPENAI_API_KEY"] = Secret(credentials.apiKey + "\n")
    }
    if faults.contains(.keyQuoted) {
      secrets["OPENAI_API_KEY"] = Secret("\"\(credentials.apiKey)\"")
    }
    if faults.contains(.keyRotated) { secrets["OPENAI_API_KEY"] = Secret(Credentials().apiKey) }
    if faults.contains(.keyNotDeployed) { secrets["OPENAI_API_KEY"] = nil }
    // A token that nobody was given.
    let token = faults.contains(.tokenRevoked) ? Credentials().accessToken : credentials.accessToken
    return try await Endpoint.start(
      EndpointOptions(
        apiKey: Secret(credentials.apiKey),
        project: HostedProject(
          reference: credentials.projectReference, accessToken: Secret(token),
          secrets: secrets,
          api: ProjectAPI(
            database: databaseURL, anonKey: Secret(credentials.anonKey),
            serviceRoleKey: Secret(credentials.serviceRoleKey))),
        behaviours: faults.behaviours, latency: options.latency))
  }
}
