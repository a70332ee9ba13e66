import Core
import HTTP
import ScriptedServer
import Testing

/// Each way in which a server can fail, by its own fault.
@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
  let client = HTTPClient()

  private func fault(
    _ url: String, timeout: Duration = .seconds(20), connectTimeout: Duration = .seconds(10),
    bodyLimit: Int = 1_000_000
  ) async -> HTTPFault? {
    let request = HTTPRequest(
      .get, url, timeout: timeout, connectTimeout: connectTimeout, bodyLimit: bodyLimit)
    return await #expect(throws: HTTPFault.self) { try await client.send(request) }
  }

  @Test(
    "A URL without a usable scheme is refused before anything is sent",
    arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:80/x", ""])
  func noScheme(url: String) async {
    await #expect(
      fault(url) == .invalidURL(reason: "it does not begin with http:// or https://"))
  }

  @Test(
    "A URL that libcurl cannot read is refused, in its words",
    arguments: ["http://", "http://a b/", "http://host:99999/"])
  func unreadable(url: String) async throws {
    let fault = await fault(url)
    guard case .invalidURL(let reason) = fault else {
      Issue.record("not an invalid URL: \(String(describing: fault))")
      return
    }
    #expect(!reason.isEmpty)
    #expect(fault?.message == "the URL cannot be used: \(reason)")
  }

  @Test("A secret with a line break is refused, and the fault does not show it")
  func lineBreakInSecret() async {
    let server = ScriptedServer { _ in [.answer("ok")] }
    let request = HTTPRequest(
      .get, server.url,
      headers: [("Authorization", .secret(prefix: "Bearer ", Secret("sk-1\nX: y")))],
      timeout: .seconds(10))
    let fault = await #expect(throws: HTTPFault.self) { try await client.send(request) }
    #expect(fault == .invalidHeader(name: "Authorization"))
    #expect(
      fault?.message
        == "the value of the header Authorization holds a line break or another control character")
    #expect(server.connectionCount == 0)
  }

  @Test("A host name without an address is named")
  func nameNotResolved() async {
    // A label may have 63 letters: the resolver refuses this one without asking anybody.
    let host = String(repeating: "x", count: 64) + ".invalid"
    await #expect(fault("http://\(host)/v1") == .nameNotResolved(host: host))
  }

  @Test("A refused connection names host and port")
  func refused() async {
    let closed = RefusingPort()
    let fault = await fault("http://127.0.0.1:\(closed.port)/v1")
    #expect(fault == .connectionRefused(host: "127.0.0.1", port: closed.port))
    #expect(
      fault?.message
        == "127.0.0.1 refused the connection on port \(closed.port): nothing listens there")
  }

  @Test("A server that speaks no TLS is told apart, with what to try")
  func noTLS() async throws {
    let plain = UnaskedServer("HTTP/1.1 400 Bad Request\r\n\r\n")
    let fault = await fault("https://127.0.0.1:\(plain.port)/v1")
    guard case .tls = fault else {
      Issue.record("not a TLS fault: \(String(describing: fault))")
      return
    }
    #expect(
      fault?.message.hasSuffix("(the server speaks no TLS on this port: http:// needed?)") == true)
  }

  @Test(
    "A certificate that this machine does not trust is told apart, before a byte is sent",
    arguments: [
      (Certificate.selfSigned, "self-signed certificate"),
      (.ofUnknownAuthority, "unable to get local issuer certificate"),
    ])
  func untrusted(certificate: Certificate, words: String) async throws {
    let server = UnaskedServer(certificate.greeting)
    let fault = await fault("https://127.0.0.1:\(server.port)/v1")
    #expect(
      fault
        == .tls(host: "127.0.0.1", port: server.port, reason: "SSL certificate problem: \(words)"))
    #expect(fault?.tlsTrouble == .unknownIssuer)
    #expect(
      fault?.message
        == "no secure connection: SSL certificate problem: \(words) (this machine does "
        + "not know who signed it: a company's authority, or a proxy on the way?)")
  }

  @Test(
    "What is wrong with a secure connection is read from libcurl's words",
    arguments: [
      ("SSL certificate problem: certificate has expired", TLSTrouble.outOfDate),
      ("SSL certificate problem: certificate is not yet valid", .outOfDate),
      (
        "SSL: no alternative certificate subject name matches target host name 'a.b'", .otherHost
      ),
      ("SSL certificate problem: self signed certificate in certificate chain", .unknownIssuer),
      ("error:0A00010B:SSL routines::wrong version number", .plainText),
      ("error:0A000410:SSL routines::sslv3 alert handshake failure", nil),
    ])
  func tlsTrouble(words: String, trouble: TLSTrouble?) {
    #expect(HTTPFault.tls(host: "h", port: 443, reason: words).tlsTrouble == trouble)
  }

  @Test(
    "An address that the system knows no way to is told apart from one that refuses",
    arguments: ["127.255.255.255", "[ff02::1]"])
  func noRoute(host: String) async {
    // Linux answers a TCP connection to a broadcast address, here loopback's own, and to a multicast one
    // with ENETUNREACH.
    let fault = await fault("http://\(host):9/v1")
    #expect(fault == .noRoute(host: host, port: 9))
    #expect(
      fault?.message == "\(host) cannot be reached on port 9: this machine has no way to "
        + "its addresses (a host with IPv6 alone, seen from a machine with IPv4 alone)")
  }

  @Test("A host that does not take the connection is a time-out before the connection")
  func hangBeforeConnect() async {
    let deaf = DeafPort()
    let fault = await fault("http://127.0.0.1:\(deaf.port)/", connectTimeout: .milliseconds(200))
    #expect(fault == .timedOut(.milliseconds(200), phase: .beforeConnect))
    #expect(fault?.message == "no answer within 200ms: the connection did not come to stand")
  }

  @Test("A server that takes the request and is silent is a time-out before the first byte")
  func hangBeforeFirstByte() async {
    let server = ScriptedServer { _ in [.hang] }
    let fault = await fault(server.url, timeout: .milliseconds(200))
    #expect(fault == .timedOut(.milliseconds(200), phase: .beforeFirstByte))
    #expect(
      fault?.message == "no answer within 200ms: the server was connected but sent no byte")
  }

  @Test("Silence on a connection that was used before is a time-out before the first byte, too")
  func hangOnReusedConnection() async throws {
    let server = ScriptedServer { request in
      request.head.hasPrefix("GET /good") ? [.answer("ok")] : [.hang]
    }
    _ = try await client.send(HTTPRequest(.get, server.url + "/good", timeout: .seconds(10)))
    await #expect(
      fault(server.url + "/silent", timeout: .milliseconds(200))
        == .timedOut(.milliseconds(200), phase: .beforeFirstByte))
    #expect(server.connectionCount == 1)
  }

  @Test("An answer that begins and does not end is a time-out in the body")
  func hangMidBody() async {
    let server = ScriptedServer { _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .hang]
    }
    let fault = await fault(server.url, timeout: .milliseconds(200))
    #expect(fault == .timedOut(.milliseconds(200), phase: .midBody))
    #expect(fault?.message == "no answer within 200ms: the answer had begun but did not end")
  }

  @Test(
    "A body over the limit is refused",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n",
    ])
  func bodyTooLarge(head: String) async {
    let server = ScriptedServer { _ in
      [.send(head + String(repeating: "x", count: 100_001)), .close]
    }
    await #expect(fault(server.url, bodyLimit: 100_000) == .bodyTooLarge(limitBytes: 100_000))
  }

  @Test("Headers without an end are refused")
  func headersTooLarge() async {
    let server = ScriptedServer { _ in
      [
        .send("HTTP/1.1 200 OK\r\n" + String(repeating: "X-Long: abcdefgh\r\n", count: 20_000)),
        .hang,
      ]
    }
    await #expect(fault(server.url) == .headersTooLarge(limitBytes: 262_144))
  }

  @Test(
    "Half a body is a truncated answer",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 4),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 4),
    ])
  func truncated(answer: String, bytes: Int) async {
    let server = ScriptedServer { _ in [.send(answer), .close] }
    let fault = await fault(server.url)
    #expect(fault == .truncated(receivedBytes: bytes))
    #expect(fault?.message == "the answer broke off after \(bytes) bytes of its body")
  }

  @Test("A connection that is closed without a byte is an empty reply")
  func emptyReply() async {
    let server = ScriptedServer { _ in [.close] }
    await #expect(fault(server.url) == .emptyReply)
  }

  @Test("A connection that is reset without a byte is a lost one")
  func reset() async {
    let server = ScriptedServer { _ in [.reset] }
    await #expect(
      fault(server.url)
        == .connectionLost(reason: "Recv failure: Connection reset by peer"))
  }

  @Test(
    "A server that speaks another protocol is not HTTP",
    arguments: [
      "SSH-2.0-OpenSSH_9.2p1\r\n", "-ERR unknown command\r\n", "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F",
    ])
  func notHTTP(answer: String) async {
    let server = ScriptedServer { _ in [.send(answer), .close] }
    await #expect(fault(server.url) == .notHTTP)
  }

  @Test("Each fault has words of its own")
  func words() {
    let faults: [HTTPFault] = [
      .invalidURL(reason: "r"), .invalidHeader(name: "n"), .nameNotResolved(host: "h"),
      .connectionRefused(host: "h", port: 1), .unreachable(host: "h", port: 1, reason: "r"),
      .noRoute(host: "h", port: 1), .tls(host: "h", port: 1, reason: "t"),
      .timedOut(.seconds(1), phase: .nameLookup),
      .timedOut(.seconds(1), phase: .beforeConnect), .bodyTooLarge(limitBytes: 1),
      .headersTooLarge(limitBytes: 1), .truncated(receivedBytes: 1), .emptyReply,
      .connectionLost(reason: "r"), .notHTTP, .cancelled, .other(code: 1, text: "t"),
    ]
    #expect(Set(faults.map(\.message)).count == faults.count)
    #expect(
      HTTPFault.unreachable(host: "db.x.co", port: 443, reason: "network is unreachable").message
        == "db.x.co cannot be reached on port 443: network is unreachable")
  }
}
