import Core
import Glibc
import Postgres
import Sandbox
import Testing

@Suite("The throw-away PgBouncer", .timeLimit(.minutes(2)))
struct PgBouncerTests {
  /// A pooler before a server of its own, both gone after the test.
  private func with(
    _ name: String, program: String? = PgBouncer.installed,
    _ test: (PostgresServer, String) async throws -> Void
  ) async throws {
    let folder = "/tmp/preflight-pgbouncer-tests-\(getpid())-\(name)"
    let server = try await PostgresServer.start(try .find(), in: folder)
    let result: Result<Void, any Error>
    do { result = .success(try await test(server, folder + "-pooler")) } catch {
      result = .failure(error)
    }
    await server.stop()
    try result.get()
  }

  private func process(_ url: String) async throws -> (Connection, Int) {
    let connection = try await Connection.open(Secret(url), timeout: .seconds(10))
    return (connection, try await connection.query("select pg_backend_pid()")[0].int(.at(0)))
  }

  @Test("two clients are served by one process of the server, and nothing is left when it stops")
  func transactionMode() async throws {
    try await with("mode") { server, folder in
      let pooler = try await PgBouncer.start(
        PgBouncer.installed, in: folder, before: server)
      let url = pooler.url(database: "postgres")
      #expect(url != server.url(database: "postgres"))
      let (first, one) = try await process(url)
      let (second, other) = try await process(url)
      #expect(one == other)
      #expect(first.server.port == pooler.port)
      #expect(first.server.processID != one)
      await first.close()
      await second.close()
      await pooler.stop()
      #expect(unsafe access(folder, F_OK) == -1)
      await #expect(throws: PostgresFault.refused(host: "127.0.0.1", port: pooler.port)) {
        _ = try await Connection.open(Secret(url), timeout: .seconds(10))
      }
      await pooler.stop()
    }
  }

  @Test("only who knows the password is let in")
  func password() async throws {
    try await with("password") { server, folder in
      let pooler = try await PgBouncer.start(PgBouncer.installed, in: folder, before: server)
      await #expect(throws: PostgresFault.self) {
        _ = try await Connection.open(
          Secret("postgres://postgres:guess@127.0.0.1:\(pooler.port)/postgres"),
          timeout: .seconds(10))
      }
      await pooler.stop()
    }
  }

  @Test(
    "without the program it is told what to install, and a broken one is told by its last words")
  func missing() async throws {
    try await with("missing") { server, folder in
      func fault(_ program: String?) async -> PostgresServerFault? {
        do throws(PostgresServerFault) {
          await (try PgBouncer.start(program, in: folder, before: server)).stop()
          return nil
        } catch {
          return error
        }
      }
      let none = await fault(nil)
      #expect(none == .poolerNotFound)
      #expect(none?.message == "no PgBouncer was found; on Debian: apt-get install pgbouncer")
      let broken = await fault("/bin/false")
      #expect(broken == .poolerEndedAtOnce(reason: "it said nothing"))
      #expect(broken?.message == "PgBouncer did not start: it said nothing")
      #expect(unsafe access(folder, F_OK) == -1)
    }
  }

  @Test("a sandbox with one leads DATABASE_URL through it, and COMMAND's database is the same")
  func inSandbox() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions(pgbouncer: true))
    let result: Result<Void, any Error>
    do {
      let url = try #require(sandbox.environment["DATABASE_URL"])
      #expect(sandbox.databaseURL == Secret(url))
      let (connection, served) = try await process(url)
      #expect(connection.server.processID != served)
      #expect(try await connection.query("select count(*) from issues")[0].int(.at(0)) == 105)
      await connection.close()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await sandbox.stop()
    try result.get()
  }
}
