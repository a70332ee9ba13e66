package import Core
internal import Glibc
package import Postgres
package import Sandbox
internal import Synchronization

/// One test's own world: a database with the postmortem's schema, and the hosted services.
package struct TestWorld: Sendable {
  /// The key that the endpoint takes.
  package static let apiKey = Secret("sk-test-0123456789abcdefghij")
  package static let projectReference = "abcdefghijklmnopqrst"
  package static let accessToken = Secret("sbp_0123456789012345678901234567890123456789")
  /// The keys of the project's REST API.
  package static let anonKey = Secret("sb_publishable_0123456789abcdefghijkl_01234567")
  package static let serviceRoleKey = Secret("sb_secret_0123456789abcdefghijkl_01234567")

  package let url: Secret
  package let endpoint: Endpoint
  /// The test's own way into its database, apart from what is tested.
  package let connection: Connection
  /// The port of the database's server.
  package var databasePort: UInt16? {
    url.reveal { $0.split(separator: ":").last.flatMap { UInt16($0.prefix { $0.isNumber }) } }
  }

  /// The database's URL, by way of another port.
  package func url(at port: UInt16) -> Secret {
    Secret(url.reveal { $0.replacing(/:\d+\//, with: ":\(port)/") })
  }

  private static let servers = Mutex<[Int: Task<PostgresServer, any Error>]>([:])
  private static let templates = Mutex<[Int: Task<String, any Error>]>([:])
  private static let poolers = Mutex<[Int: Task<PgBouncer, any Error>]>([:])
  private static let count = Mutex(0)

  /// Makes a world with these faults for a test, and takes it away after it.
  ///
  /// - Parameters:
  ///   - faults: To plant.
  ///   - version: Of Postgres.
  ///   - secrets: Of the hosted project.
  ///   - api: Whether the project has a REST API.
  ///   - body: The test.
  /// - Throws: What the test throws, or why there was no world.
  package static func run(
    _ faults: Set<SandboxFault> = [], on version: Int = 18, secrets: [String: Secret] = [:],
    api: Bool = false, _ body: (TestWorld) async throws -> Void
  ) async throws {
    await Turnstile.worlds.enter()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await enter(faults, on: version, secrets: secrets, api: api, body))
    } catch {
      outcome = .failure(error)
    }
    await Turnstile.worlds.leave()
    try outcome.get()
  }

  private static func enter(
    _ faults: Set<SandboxFault>, on version: Int, secrets: [String: Secret], api: Bool,
    _ body: (TestWorld) async throws -> Void
  ) async throws {
    let server = try await server(version)
    let name = "world_\(count.withLock { $0 += 1; return $0 })"
    let administration = try await Connection.open(
      Secret(server.url(database: "postgres")), timeout: .seconds(10))
    let template = try await template(version)
    _ = try await administration.query("create database \(name) template \(template)")
    let url = Secret(server.url(database: name))
    if !faults.isEmpty { try await World.plant(faults, in: url) }
    let endpoint = try await Endpoint.start(
      EndpointOptions(
        apiKey: apiKey,
        project: HostedProject(
          reference: projectReference, accessToken: accessToken, secrets: secrets,
          api: api
            ? ProjectAPI(database: url, anonKey: anonKey, serviceRoleKey: serviceRoleKey) : nil),
        behaviours: faults.behaviours))
    try await World.complete(in: url, faults)
    let connection = try await Connection.open(url, timeout: .seconds(10))
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(
        try await body(TestWorld(url: url, endpoint: endpoint, connection: connection)))
    } catch {
      outcome = .failure(error)
    }
    await connection.close()
    await endpoint.stop()
    _ = try await administration.query("drop database \(name) with (force)")
    await administration.close()
    try outcome.get()
  }

  private static func server(_ version: Int) async throws -> PostgresServer {
    let task = servers.withLock { servers in
      let task =
        servers[version]
        ?? Task {
          guard
            let installation = PostgresInstallation.all().first(where: { $0.version == version })
          else { throw PostgresServerFault.notFound }
          return try await PostgresServer.start(installation, in: folder(of: version))
        }
      servers[version] = task
      return task
    }
    return try await task.value
  }

  /// A database with a healthy world, made once: to copy it takes half as long as to make another one.
  private static func template(_ version: Int) async throws -> String {
    let server = try await server(version)
    let task = templates.withLock { templates in
      let task =
        templates[version]
        ?? Task {
          let administration = try await Connection.open(
            Secret(server.url(database: "postgres")), timeout: .seconds(10))
          _ = try await administration.query("create database healthy")
          await administration.close()
          try await World.create(in: Secret(server.url(database: "healthy")))
          return "healthy"
        }
      templates[version] = task
      return task
    }
    return try await task.value
  }

  private static func pooler(_ version: Int) async throws -> PgBouncer {
    let server = try await server(version)
    let task = poolers.withLock { poolers in
      let task =
        poolers[version]
        ?? Task {
          try await PgBouncer.start(
            PgBouncer.installed, in: folder(of: version) + "-pooler", before: server)
        }
      poolers[version] = task
      return task
    }
    return try await task.value
  }

  /// Makes a sandbox with these faults on the server that all tests share, and takes it away after a
  /// test.
  ///
  /// - Parameters:
  ///   - faults: To plant.
  ///   - version: Of Postgres.
  ///   - body: The test, with the ports by which the sandbox's database is reached: straight, and
  ///     through a PgBouncer in transaction mode.
  /// - Returns: What the test returns.
  /// - Throws: What the test throws, or why there was no sandbox.
  package static func sandbox<Value: Sendable>(
    _ faults: Set<SandboxFault>, on version: Int = 18,
    _ body: (_ sandbox: Sandbox, _ direct: Int, _ pooled: Int) async throws -> Value
  ) async throws -> Value {
    await Turnstile.worlds.enter()
    let outcome: Result<Value, any Error>
    do {
      let server = try await server(version)
      let pooler = try await pooler(version)
      let sandbox = try await Sandbox.start(SandboxOptions(faults: faults), on: server)
      do { outcome = .success(try await body(sandbox, server.port, pooler.port)) } catch {
        await sandbox.stop()
        throw error
      }
      await sandbox.stop()
    } catch {
      outcome = .failure(error)
    }
    await Turnstile.worlds.leave()
    return try outcome.get()
  }

  /// Starts a PgBouncer that speaks TLS with a certificate before the server that all tests share, for
  /// the time of a test.
  package static func secured(
    by certificate: String, _ body: (PgBouncer) async throws -> Void
  ) async throws {
    let name = folder(of: 18) + "-secured-\(count.withLock { $0 += 1; return $0 })"
    let pooler = try await PgBouncer.start(
      PgBouncer.installed, in: name, before: try await server(18), certificate: certificate)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(pooler)) } catch { outcome = .failure(error) }
    await pooler.stop()
    try outcome.get()
  }

  private static func folder(of version: Int) -> String {
    "/tmp/preflight-test-world-\(version)-\(getpid())"
  }

  /// Where a server writes its log, which all tests share.
  package static func log(of version: Int = 18) -> String { folder(of: version) + "/log" }

  /// The only number that a query answers.
  package func number(_ sql: String) async throws -> Int {
    let rows = try await connection.query(sql)
    guard let row = rows.first else { throw PostgresFault.columnMissing("no row") }
    return try row.int(.at(0))
  }

  /// The only text that a query answers, or nil for null.
  package func text(_ sql: String) async throws -> String? {
    try await connection.query(sql).first?.optionalText(.at(0))
  }
}
