import Core
import HTTP
import ScriptedServer
import Testing

/// What a request sends and what comes back of a good answer.
@Suite(.timeLimit(.minutes(1)))
struct ReplyTests {
  let client = HTTPClient()

  @Test("A reply has its status, its headers by name in any case, and its body")
  func wholeReply() async throws {
    let server = ScriptedServer { _ in
      [.answer("{}", status: 404, headers: ["X-Request-ID:  req_1 "])]
    }
    let reply = try await client.send(HTTPRequest(.get, server.url + "/a", timeout: .seconds(10)))
    #expect(reply.status == 404)
    #expect(reply.header("x-request-id") == "req_1")
    #expect(reply.header("Content-Type") == "application/json")
    #expect(reply.header("absent") == nil)
    #expect(reply.body == Array("{}".utf8))
    #expect(reply.timings.total >= reply.timings.firstByte)
    #expect(reply.timings.firstByte > .zero)
    #expect(reply.timings.tls == .zero)
  }

  @Test("A POST carries its body, its headers and its secret, and expects nothing")
  func post() async throws {
    let server = ScriptedServer { _ in [.answer("ok")] }
    let body = Array("a\u{0}é".utf8)
    let headers: [HTTPRequest.Header] = [
      ("Content-Type", .plain("application/json")), ("X-Empty", .plain("")),
      (
        "Authorization",
        .secret(prefix: "Bearer ", Secret("sk-" + String(repeating: "k", count: 4096)))
      ),
    ]
    _ = try await client.send(
      HTTPRequest(.post, server.url + "/v1/x", headers: headers, body: body, timeout: .seconds(10)))
    let request = try #require(server.requests.first)
    let lines = request.head.split(separator: "\r\n").map(String.init)
    #expect(request.body == body)
    #expect(lines.first == "POST /v1/x HTTP/1.1")
    #expect(lines.contains("Authorization: Bearer sk-" + String(repeating: "k", count: 4096)))
    #expect(lines.contains("Content-Type: application/json"))
    #expect(lines.contains("X-Empty:"))
    #expect(!lines.contains { $0.lowercased().hasPrefix("expect") })
    #expect(!lines.contains { $0.lowercased().hasPrefix("accept-encoding") })
  }

  @Test("A large POST is not held up by the wait for a 100 Continue")
  func largePost() async throws {
    let server = ScriptedServer {
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + "\($0.body.count)")]
    }
    let body = [UInt8](repeating: 120, count: 2_000_000)
    let reply = try await client.send(
      HTTPRequest(.post, server.url, body: body, timeout: .seconds(10)))
    #expect(String(decoding: reply.body, as: UTF8.self) == "2000000")
    let request = try #require(server.requests.first)
    #expect(!request.head.lowercased().contains("\r\nexpect:"))
  }

  @Test("An empty POST body is sent as one")
  func emptyPost() async throws {
    let server = ScriptedServer { _ in [.answer("ok")] }
    _ = try await client.send(HTTPRequest(.post, server.url, timeout: .seconds(10)))
    let request = try #require(server.requests.first)
    #expect(request.head.contains("Content-Length: 0"))
  }

  @Test("The headers of an interim answer are not those of the answer")
  func interim() async throws {
    let server = ScriptedServer { _ in
      [.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), .answer("ok")]
    }
    let reply = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    #expect(reply.status == 200)
    #expect(reply.header("link") == nil)
  }

  @Test("A redirection is an answer and is not followed")
  func redirection() async throws {
    let server = ScriptedServer { _ in
      [.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")]
    }
    let reply = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    #expect(reply.status == 302)
    #expect(reply.header("location") == "/elsewhere")
    #expect(server.requests.count == 1)
  }

  @Test("A chunked body is put together")
  func chunked() async throws {
    let server = ScriptedServer { _ in
      [
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        .send("2\r\nde\r\n0\r\n\r\n"),
      ]
    }
    let reply = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    #expect(String(decoding: reply.body, as: UTF8.self) == "abcde")
  }

  @Test("Requests one after another share one connection")
  func reuse() async throws {
    let server = ScriptedServer { _ in [.answer("ok")] }
    for _ in 0..<20 {
      let reply = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
      #expect(reply.status == 200)
    }
    #expect(server.requests.count == 20)
    #expect(server.connectionCount == 1)
  }

  @Test("Many tasks at once are all answered, over no more connections than there are tasks")
  func manyAtOnce() async throws {
    let server = ScriptedServer { [.answer($0.bodyText)] }
    let width = 8
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<width {
        group.addTask { [client] in
          for turn in 0..<25 {
            let body = Array("\(task)/\(turn)".utf8)
            let reply = try await client.send(
              HTTPRequest(.post, server.url, body: body, timeout: .seconds(20)))
            #expect(reply.body == body)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 200)
    #expect(server.connectionCount <= width)
  }

  @Test("A body as large as the limit is accepted")
  func bodyAtLimit() async throws {
    let server = ScriptedServer { _ in [.answer(String(repeating: "x", count: 1000))]
    }
    let reply = try await client.send(
      HTTPRequest(.get, server.url, timeout: .seconds(10), bodyLimit: 1000))
    #expect(reply.body.count == 1000)
  }
}
