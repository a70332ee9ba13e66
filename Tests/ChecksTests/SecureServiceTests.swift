import Core
import Gate
import Postgres
import Sandbox
import ScriptedServer
import TestWorld
import Testing

/// Services over TLS, with certificates that are made for the test: a PgBouncer before Postgres, and a
/// web server.
@Suite("A service's certificate", .timeLimit(.minutes(2))) struct SecureServiceTests {
  /// What the database's own check says, with the port of the server as PORT.
  private static func database(
    _ pooler: PgBouncer, _ options: String
  ) async throws -> Finding {
    let url = pooler.url(database: "postgres").replacing("@127.0.0.1", with: "@localhost")
    let go = try await Go(
      ["query: select 1, expect: \"1\""],
      url: Secret("\(url)?hostaddr=127.0.0.1&\(options)"))
    return try #require(go.naming(["PORT": String(pooler.port)])["service.database"])
  }

  private static func untold(_ message: String, fix: String) -> Finding {
    .cannotTell(
      "no trusted TLS connection to localhost:$PORT: \(message)",
      expected: "a connection to the database of DATABASE_URL",
      observed: "no trusted TLS connection to localhost:$PORT: \(message)", fix: fix)
  }

  private static let inquiry = """
    openssl s_client -starttls postgres -connect 'localhost:$PORT' </dev/null   # then 
    """

  @Test("of a database is accepted where its authority is known, and encrypts in any case")
  func database() async throws {
    let authority = try Authority()
    let stranger = try Authority()
    try await TestWorld.secured(by: authority.certificate()) { pooler in
      for options in ["sslmode=require", "sslmode=verify-full&sslrootcert=\(authority.file)"] {
        let finding = try await Self.database(pooler, options)
        #expect(finding.status == .pass, "\(options): \(finding.message)")
        #expect(finding.evidence["encrypted"] == .flag(true))
      }
      #expect(
        try await Self.database(pooler, "sslmode=verify-full&sslrootcert=\(stranger.file)")
          == Self.untold(
            "certificate verify failed: unable to get local issuer certificate (nobody in "
              + "sslrootcert signed it)",
            fix: Self.inquiry + "name the file of the authority that signed it by sslrootcert in "
              + "DATABASE_URL"))
      let rootless = try await Self.database(
        pooler, "sslmode=verify-full&sslrootcert=/nonexistent/root.crt")
      #expect(rootless.status == .error)
      // The rest of libpq's words differs from version to version.
      #expect(rootless.message.contains("root certificate file \"/nonexistent/root.crt\" does not"))
      #expect(
        rootless.fix == """
          export DATABASE_URL="$DATABASE_URL&sslrootcert=/etc/ssl/certs/ca-certificates.crt"   # or \
          the file of the server's own authority
          """)
    }
  }

  @Test("of a database that names another host is told as that")
  func databaseElsewhere() async throws {
    let authority = try Authority()
    try await TestWorld.secured(by: authority.certificate(.elsewhere)) { pooler in
      let root = "sslrootcert=\(authority.file)"
      let finding = try await Self.database(pooler, "sslmode=verify-full&\(root)")
      #expect(
        finding
          == Self.untold(
            "server certificate for \"elsewhere.example\" does not match host name \"localhost\"",
            fix: Self.inquiry + "write a host in DATABASE_URL that the certificate names"))
      let unnamed = try await Self.database(pooler, "sslmode=verify-ca&\(root)")
      #expect(unnamed.status == .pass)
    }
  }

  @Test("of a database that has expired is told as that")
  func databaseExpired() async throws {
    let authority = try Authority()
    try await TestWorld.secured(by: authority.certificate(.expired)) { pooler in
      let finding = try await Self.database(
        pooler, "sslmode=verify-full&sslrootcert=\(authority.file)")
      #expect(
        finding
          == Self.untold(
            "certificate verify failed: certificate has expired (or this machine's clock is wrong)",
            fix: Self.inquiry + "renew it, or set this machine's clock"))
    }
  }

  @Test("is missed where a database that must speak TLS speaks none")
  func databasePlain() async throws {
    try await TestWorld.run { world in
      let go = try await Go(
        ["query: select 1, expect: \"1\""],
        url: Secret(world.url.reveal { $0 } + "?sslmode=require"))
      let place = "127.0.0.1:\(world.connection.server.port)"
      #expect(
        go["service.database"]?.message == "no trusted TLS connection to \(place): server does not "
          + "support SSL, but SSL was required")
      #expect(
        go["service.database"]?.fix
          == "openssl s_client -starttls postgres -connect '\(place)' </dev/null   # then have the "
          + "server speak TLS, or take sslmode out of DATABASE_URL")
    }
  }

  private static let vector = """
    {"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,0,0]}],"model":"m"}
    """

  /// What an endpoint's check says, with the port of the server as PORT.
  private static func endpoint(
    _ certificate: String, trusting authorities: String?
  ) async throws -> Finding {
    let server = try SecureServer(certificate, answering: vector)
    let go = try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: m, dimensions: 3}}
      checks:
        - {id: a, api_key: embedder}
      """, ["BASE": "https://localhost:\(server.port)/v1", "KEY": "sk-test-1234567890"],
      trusting: authorities
    ).naming(["PORT": String(server.port)])
    return try #require(go["service.embedder"])
  }

  @Test("of an endpoint is accepted where its authority is known")
  func endpoint() async throws {
    let authority = try Authority()
    let finding = try await Self.endpoint(authority.certificate(), trusting: authority.file)
    #expect(finding.status == .pass, "\(finding.message)")
  }

  @Test(
    "of an endpoint is told by what is wrong with it, and no key is sent",
    arguments: [
      (
        Authority.Claim.localhost, false,
        "SSL certificate problem: unable to get local issuer certificate (this machine does not know "
          + "who signed it: a company's authority, or a proxy on the way?)",
        "give the authority that signed it to update-ca-certificates, or its file to SSL_CERT_FILE"
      ),
      (
        .elsewhere, true,
        "SSL: no alternative certificate subject name matches target host name 'localhost' (it "
          + "belongs to another host)",
        "correct the host in BASE"
      ),
      (
        .expired, true,
        "SSL certificate problem: certificate has expired (or this machine's clock is wrong)",
        "renew it, or set this machine's clock"
      ),
    ])
  func endpointRefused(
    claim: Authority.Claim, isTrusted: Bool, message: String, advice: String
  ) async throws {
    let authority = try Authority()
    let finding = try await Self.endpoint(
      authority.certificate(claim), trusting: isTrusted ? authority.file : nil)
    #expect(
      finding
        == .cannotTell(
          "no secure connection: \(message)", expected: "an embedding from m",
          observed: "no secure connection: \(message)",
          fix: "openssl s_client -connect 'localhost:$PORT' </dev/null   # then \(advice)"))
  }

  @Test("of authorities that are in no file is told by the variable that names it")
  func noAuthorities() async throws {
    let authority = try Authority()
    let finding = try await Self.endpoint(authority.certificate(), trusting: "/nonexistent.pem")
    #expect(finding.status == .error)
    #expect(finding.message.hasSuffix("(SSL_CERT_FILE names no file of certificates)"))
    #expect(finding.fix?.hasSuffix("# then correct SSL_CERT_FILE") == true)
  }
}

/// Hosts with IPv6 alone, seen from a machine without.
@Suite(.timeLimit(.minutes(1))) struct NoRouteTests {
  private func database(_ host: String) async throws -> Finding {
    // Linux answers a TCP connection to a multicast address with ENETUNREACH, whatever the network.
    let go = try await Go(
      ["query: select 1, expect: \"1\""],
      url: Secret("postgres://postgres:p@\(host)/postgres?hostaddr=ff02::1"))
    return try #require(go["service.database"])
  }

  @Test("Supabase's direct host is told with the pooler that has IPv4")
  func supabase() async throws {
    let message = """
      db.abcdefghijklmnopqrst.supabase.co:5432 cannot be reached: it has IPv6 addresses alone, and \
      this machine has no way to such
      """
    #expect(
      try await database("db.abcdefghijklmnopqrst.supabase.co")
        == .cannotTell(
          message, expected: "a connection to the database of DATABASE_URL", observed: message,
          fix: """
            export DATABASE_URL='postgres://postgres.abcdefghijklmnopqrst:PASSWORD@aws-0-REGION.\
            pooler.supabase.com:5432/postgres'   # the session pooler, which has IPv4: its host stands \
            in the dashboard, under Connect
            """))
  }

  @Test("Any other is told with the command that shows its addresses")
  func other() async throws {
    let finding = try await database("db.example.com")
    #expect(finding.status == .error)
    #expect(
      finding.fix
        == "getent --no-addrconfig ahosts db.example.com   # addresses with colons alone: "
        + "run where there is IPv6, or take a host that has IPv4")
  }
}
