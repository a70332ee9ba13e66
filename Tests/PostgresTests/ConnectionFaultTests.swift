import Core
import Postgres
import Testing

@Suite("Connections that cannot be had", .timeLimit(.minutes(1)))
struct ConnectionFaultTests {
  private func opening(_ url: String, timeout: Duration = .seconds(5)) async -> PostgresFault? {
    await fault { () throws(PostgresFault) in
      try await Connection.open(Secret(url), timeout: timeout)
    }
  }

  @Test("a wrong password is an authentication fault that does not repeat the password")
  func wrongPassword() async throws {
    try await TestDatabase.run { database, connection in
      _ = try await connection.query(
        "create role visitor_\(database.name) login password 'right'")
      let user = "visitor_\(database.name)"
      let fault = await opening(
        "postgres://\(user):wr0ng-secret@127.0.0.1:\(database.port)/\(database.name)")
      #expect(
        fault
          == .authentication(
            user: user, sqlState: "28P01",
            reason: "password authentication failed for user \"\(user)\""))
      #expect(fault?.message.contains("wr0ng") == false)
      #expect(fault?.disposition == .abort)
      let missing = await opening("postgres://\(user)@127.0.0.1:\(database.port)/\(database.name)")
      #expect(
        missing?.message == "the server does not let \(user) in: the URL holds no password")
      let right = try await Connection.open(
        Secret("postgres://\(user):right@127.0.0.1:\(database.port)/\(database.name)"),
        timeout: .seconds(5))
      #expect(right.server.user == user)
      await right.close()
      _ = try await connection.query("drop role \(user)")
    }
  }

  @Test("a database that does not exist is named", arguments: [16, 18])
  func unknownDatabase(version: Int) async throws {
    try await TestDatabase.run(on: version) { database, _ in
      let url = database.url.reveal { $0.replacing(database.name, with: "nowhere") }
      let fault = await opening(url)
      #expect(fault == .databaseMissing("nowhere"))
      #expect(fault?.message == "the database nowhere does not exist")
      #expect(fault?.sqlState == "3D000")
    }
  }

  @Test("a server without a connection left says so, as a fault that passes")
  func noConnectionLeft() async throws {
    try await TestDatabase.run { database, connection in
      _ = try await connection.query(
        "create role crowd_\(database.name) login password 'x' connection limit 0")
      let fault = await opening(
        "postgres://crowd_\(database.name):x@127.0.0.1:\(database.port)/\(database.name)")
      #expect(fault?.sqlState == "53300")
      #expect(fault?.disposition == .backOff)
      _ = try await connection.query("drop role crowd_\(database.name)")
    }
  }

  @Test("a port where nobody listens refuses")
  func refused() async throws {
    let listener = RawListener(.silent)
    listener.stop()
    let fault = await opening("postgres://u:p@127.0.0.1:\(listener.port)/d")
    #expect(fault == .refused(host: "127.0.0.1", port: listener.port))
    #expect(fault?.message == "127.0.0.1:\(listener.port) refuses connections")
  }

  @Test("a Unix socket that is not there refuses")
  func refusedSocket() async throws {
    let fault = await opening("postgres://u@/d?host=/nonexistent/folder&port=5433")
    #expect(fault == .refused(host: "/nonexistent/folder", port: 5433))
  }

  @Test("a web server is not taken for Postgres", arguments: ["prefer", "disable"])
  func notPostgres(sslMode: String) async throws {
    let listener = RawListener(.http)
    defer { listener.stop() }
    let fault = await opening("postgres://u:p@127.0.0.1:\(listener.port)/d?sslmode=\(sslMode)")
    #expect(fault == .notPostgres(host: "127.0.0.1", port: listener.port))
    #expect(fault?.message == "what answers at 127.0.0.1:\(listener.port) is not Postgres")
  }

  @Test("a server that closes at once is a lost connection")
  func closing() async throws {
    let listener = RawListener(.closing)
    defer { listener.stop() }
    #expect(
      await opening("postgres://u:p@127.0.0.1:\(listener.port)/d?sslmode=disable")
        == .connectionLost(reason: "the server closed it before it was ready"))
  }

  @Test("a server that never answers is given up when the time is over")
  func silent() async throws {
    let listener = RawListener(.silent)
    defer { listener.stop() }
    let start = ContinuousClock.now
    let fault = await opening(
      "postgres://u:p@127.0.0.1:\(listener.port)/d", timeout: .milliseconds(300))
    let elapsed = start.duration(to: .now)
    #expect(
      fault
        == .timedOut(
          doing: .connecting(host: "127.0.0.1", port: listener.port), .milliseconds(300)))
    #expect(
      fault?.message == "connecting to 127.0.0.1:\(listener.port) took longer than 300ms")
    #expect(elapsed >= .milliseconds(300))
    #expect(elapsed < .seconds(2))
  }

  @Test("connecting ends at once when its task is cancelled")
  func cancelledWhileConnecting() async throws {
    let listener = RawListener(.silent)
    defer { listener.stop() }
    let start = ContinuousClock.now
    let task = Task {
      await opening("postgres://u:p@127.0.0.1:\(listener.port)/d", timeout: .seconds(60))
    }
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(start.duration(to: .now) < .seconds(5))
  }

  @Test("a host name that nobody knows is named")
  func unresolvable() async throws {
    let fault = await opening("postgres://u:p@nonexistent.invalid/d", timeout: .seconds(30))
    #expect(fault == .nameNotResolved(host: "nonexistent.invalid"))
    #expect(fault?.message == "the host name nonexistent.invalid cannot be resolved")
  }

  @Test("of several hosts the first that takes part is used")
  func severalHosts() async throws {
    let listener = RawListener(.silent)
    listener.stop()
    try await TestDatabase.run { database, _ in
      let url = database.url.reveal {
        $0.replacing(
          "127.0.0.1:\(database.port)",
          with: "127.0.0.1:\(listener.port),nonexistent.invalid:5,localhost:\(database.port)")
      }
      let connection = try await Connection.open(Secret(url), timeout: .seconds(30))
      #expect(connection.server.host == "localhost")
      #expect(connection.server.port == database.port)
      await connection.close()
    }
  }

  @Test("a host with IPv6 alone, seen from a machine that has no way to it, is told as that")
  func noRoute() async {
    // Linux answers a TCP connection to a multicast address with ENETUNREACH, whatever the network.
    let fault = await opening("postgres://u:p@db.example/d?hostaddr=ff02::1")
    #expect(fault == .noRoute(host: "db.example", port: 5432))
    #expect(
      fault?.message == "db.example:5432 cannot be reached: it has IPv6 addresses alone, and this "
        + "machine has no way to such")
    #expect(fault?.disposition == .reconnect)
  }

  @Test(
    "of an address that refuses and one out of reach, the one that refuses is told",
    arguments: [true, false])
  func refusedBesideNoRoute(refusesFirst: Bool) async {
    let listener = RawListener(.silent)
    listener.stop()
    let addresses = refusesFirst ? "127.0.0.1,ff02::1" : "ff02::1,127.0.0.1"
    let fault = await opening(
      "postgres://u:p@/d?host=a.example,a.example&hostaddr=\(addresses)&port=\(listener.port)")
    #expect(fault == .refused(host: "a.example", port: listener.port))
  }

  @Test("a server without TLS is refused by a URL that requires it")
  func tlsRequired() async throws {
    try await TestDatabase.run { database, _ in
      let fault = await opening(database.url.reveal { $0 } + "?sslmode=require")
      #expect(
        fault
          == .tls(
            host: "127.0.0.1", port: database.port,
            reason: "server does not support SSL, but SSL was required"))
    }
  }

  @Test("a connection knows its server", arguments: [16, 18])
  func serverFacts(version: Int) async throws {
    try await TestDatabase.run(on: version) { database, connection in
      let facts = connection.server
      #expect(facts.versionNumber / 10_000 == version)
      #expect(facts.version.hasPrefix("\(version)."))
      #expect(facts.database == database.name)
      #expect(facts.user == "postgres")
      #expect(facts.port == database.port)
      #expect(!facts.isEncrypted)
      #expect(!facts.isStandby)
      #expect(!facts.isReadOnlyByDefault)
      let rows = try await connection.query(
        """
        select pg_backend_pid() as pid, current_setting('application_name') as name,
          current_setting('client_encoding') as encoding
        """)
      #expect(try rows[0].int("pid") == facts.processID)
      #expect(try rows[0].text("name") == "preflight")
      #expect(try rows[0].text("encoding") == "UTF8")
    }
  }
}
