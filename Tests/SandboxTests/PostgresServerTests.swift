import Core
import Glibc
import Postgres
import Sandbox
import Testing

@Suite("The throw-away Postgres", .timeLimit(.minutes(2)))
struct PostgresServerTests {
  private func folder(_ name: String) -> String {
    "/tmp/preflight-server-tests-\(getpid())-\(name)"
  }

  private func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  @Test("a server serves pgvector, and leaves nothing when it is stopped", arguments: [16, 18])
  func startAndStop(version: Int) async throws {
    let installation = try #require(
      PostgresInstallation.all().first { $0.version == version }, "run scripts/setup")
    let directory = folder("stop-\(version)")
    let server = try await PostgresServer.start(installation, in: directory)
    let url = Secret(server.url(database: "postgres"))
    let connection = try await Connection.open(url, timeout: .seconds(10))
    _ = try await connection.query("create extension vector")
    let rows = try await connection.query(
      "select '[1,2]'::vector as v, current_setting('data_directory') as data, pg_backend_pid() as pid"
    )
    #expect(try rows[0].vector("v") == [1, 2])
    #expect(try rows[0].text("data") == "\(directory)/data")
    #expect(server.version == version)
    #expect(connection.server.versionNumber / 10_000 == version)
    let process = try Int32(rows[0].int("pid"))

    await server.stop()
    #expect(!exists(directory))
    #expect(kill(process, 0) == -1)
    let after = await fault(opening: url)
    #expect(after == .refused(host: "127.0.0.1", port: server.port))
    await server.stop()
  }

  @Test("two servers run side by side on ports of their own")
  func sideBySide() async throws {
    let installation = try PostgresInstallation.find()
    async let first = PostgresServer.start(installation, in: folder("first"))
    async let second = PostgresServer.start(installation, in: folder("second"))
    let servers = try await [first, second]
    #expect(servers[0].port != servers[1].port)
    for server in servers {
      let connection = try await Connection.open(
        Secret(server.url(database: "postgres")), timeout: .seconds(10))
      #expect(connection.server.port == server.port)
      await connection.close()
      await server.stop()
    }
  }

  @Test("only who knows the password is let in")
  func password() async throws {
    let server = try await PostgresServer.start(try .find(), in: folder("password"))
    let url = Secret("postgres://postgres:guess@127.0.0.1:\(server.port)/postgres")
    let refusal = await fault(opening: url)
    #expect(refusal?.sqlState == "28P01")
    await server.stop()
  }

  @Test("as root the server runs as another user", .enabled(if: geteuid() == 0, "needs root"))
  func dropsRoot() async throws {
    let server = try await PostgresServer.start(try .find(), in: folder("root"))
    let connection = try await Connection.open(
      Secret(server.url(database: "postgres")), timeout: .seconds(10))
    var facts = stat()
    #expect(unsafe stat("/proc/\(connection.server.processID)", &facts) == 0)
    #expect(facts.st_uid != 0)
    await connection.close()
    await server.stop()
  }

  @Test("a folder that is there already is not touched")
  func occupied() async throws {
    let directory = folder("occupied")
    unsafe mkdir(directory, 0o755)
    let fault = await fault { () throws(PostgresServerFault) in
      try await PostgresServer.start(try .find(), in: directory)
    }
    #expect(fault == .directoryNotCreated(directory, reason: "File exists"))
    #expect(fault?.message == "cannot create \(directory): File exists")
    #expect(exists(directory))
    unsafe rmdir(directory)
  }

  @Test("a cancelled start leaves nothing")
  func cancelled() async throws {
    let directory = folder("cancelled")
    let task = Task {
      await fault { () throws(PostgresServerFault) in
        try await PostgresServer.start(try .find(), in: directory)
      }
    }
    while !exists(directory) { await Task.yield() }
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(!exists(directory))
  }

  @Test(
    "a folder that the server's user may not reach is refused",
    .enabled(if: geteuid() == 0, "needs root"))
  func unreachable() async throws {
    let parent = folder("private")
    unsafe mkdir(parent, 0o700)
    let fault = await fault { () throws(PostgresServerFault) in
      try await PostgresServer.start(try .find(), in: parent + "/data")
    }
    #expect(
      fault?.message.hasSuffix("may not look into \(parent)") == true)
    #expect(!exists(parent + "/data"))
    unsafe rmdir(parent)
  }

  @Test("a named folder without a Postgres is refused with the reason")
  func namedFolder() async {
    let fault = await fault { () throws(PostgresServerFault) in
      try PostgresInstallation.find(preferring: "/usr/share/")
    }
    #expect(fault == .unusable(binaries: "/usr/share", reason: "there is no program initdb"))
    #expect(
      fault?.message
        == "the Postgres in /usr/share cannot be used: there is no program initdb")
  }

  private func fault(opening url: Secret) async -> PostgresFault? {
    do throws(PostgresFault) {
      await (try Connection.open(url, timeout: .seconds(10))).close()
      return nil
    } catch {
      return error
    }
  }

  private func fault(
    of operation: () async throws(PostgresServerFault) -> some Any
  ) async -> PostgresServerFault? {
    do throws(PostgresServerFault) {
      _ = try await operation()
      return nil
    } catch {
      return error
    }
  }
}
