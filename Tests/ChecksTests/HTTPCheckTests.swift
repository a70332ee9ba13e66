import Checklist
import Core
import Gate
import HTTP
import ScriptedServer
import Testing

@testable import Checks

@Suite(.timeLimit(.minutes(1))) struct HTTPCheckTests {
  private func ask(
    _ server: ScriptedServer, _ settings: String = "", _ environment: [String: String] = [:]
  ) async throws -> Finding {
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, http: \"\(server.url)/health\"\(settings)}\n", environment)
    return try #require(go["a"])
  }

  private static let body = #"{"ok": true, "count": 3, "a/b": {"~": null}, "list": [{"x": "y"}]}"#

  @Test("A status of 200 passes where nothing is said, and headers go out as they are written")
  func passes() async throws {
    let server = ScriptedServer { _ in [.answer("fine", type: "text/plain")] }
    let settings = """
      , headers: {Accept: text/plain}, secret_headers: {Authorization: "Bearer ${TOKEN}"}
      """
    let finding = try await ask(server, settings, ["TOKEN": "hunter2hunter2"])
    #expect(
      finding
        == .pass(
          "\(server.url)/health answers 200, as expected", evidence: ["status": .number(200)]))
    let head = try #require(server.requests.first).head
    #expect(head.hasPrefix("GET /health HTTP/1.1\r\n"))
    #expect(head.contains("\r\nAccept: text/plain\r\n"))
    #expect(head.contains("\r\nAuthorization: Bearer hunter2hunter2"))
  }

  @Test(
    "Everything that is expected holds",
    arguments: [
      "status: [200, 204]", "json: {/ok: true, /count: 3.0, /a~1b/~0: null, /list/0/x: y}",
      "header: {content-type: application/json}", "header: {Content-Type: 'application/.*'}",
      "header: {X-Star: '*'}", "body_matches: ['\"ok\"', 'y\"}\\]']", "within: 5s",
      "{}",
    ])
  func holds(_ expect: String) async throws {
    let server = ScriptedServer { _ in [.answer(Self.body, headers: ["X-Star: *"])] }
    let expect = expect == "{}" ? expect : "{\(expect)}"
    #expect(try await ask(server, ", expect: \(expect)").status == .pass)
  }

  @Test(
    "What is not as expected is told as it was seen",
    arguments: [
      ("json: {/ok: 'true'}", #"status 200; /ok: "true""#, "/ok: true"),
      ("json: {/ok: 1}", "status 200; /ok: 1", "/ok: true"),
      ("json: {/count: '3'}", #"status 200; /count: "3""#, "/count: 3"),
      ("json: {/OK: true}", "status 200; /OK: true", "no /OK; did you mean \"ok\"?"),
      ("json: {/list/00/x: y}", #"status 200; /list/00/x: "y""#, "no /list/00/x"),
      ("json: {/list/1: y}", #"status 200; /list/1: "y""#, "no /list/1"),
      ("json: {/list/-: y}", #"status 200; /list/-: "y""#, "no /list/-"),
      ("json: {/list: y}", #"status 200; /list: "y""#, "/list: a list of 1"),
      ("json: {/a~1b: null}", "status 200; /a~1b: null", "/a~1b: an object"),
      ("json: {/ok/deep: null}", "status 200; /ok/deep: null", "no /ok/deep"),
      ("header: {X-Other: a}", #"status 200; X-Other: "a""#, "no header X-Other"),
      (
        "header: {Content-Type: json}", #"status 200; Content-Type: "json""#,
        #"Content-Type: "application/json""#
      ),
      (
        "body_matches: nowhere", "status 200; a body that matches /nowhere/",
        "nothing in the body matches /nowhere/: \(body)"
      ),
      ("status: [201, 204]", "status 201 or 204", "status 200: \(body)"),
    ])
  func otherwise(_ expect: String, _ expected: String, _ observed: String) async throws {
    let server = ScriptedServer { _ in [.answer(Self.body)] }
    #expect(
      try await ask(server, ", expect: {\(expect)}")
        == .fail(
          "\(server.url)/health answers \(observed)", expected: expected, observed: observed,
          fix: "curl -i '\(server.url)/health'", evidence: ["status": .number(200)]))
  }

  @Test("Another status is told with the body's first line, and hides the rest")
  func status() async throws {
    let long = String(repeating: "x", count: 200)
    let server = ScriptedServer { _ in [.answer("\n  database: down \(long)\nmore", status: 503)] }
    let finding = try await ask(server, ", expect: {json: {/ok: true}}")
    let cut = String(repeating: "x", count: 145)
    #expect(finding.observed == "status 503: database: down \(cut)…")
    #expect(finding.expected == "status 200; /ok: true")
    let silent = ScriptedServer { _ in [.answer("", status: 204)] }
    #expect(try await ask(silent).observed == "status 204, without a body")
  }

  @Test("A redirection is not followed, and says where it points")
  func redirection() async throws {
    let server = ScriptedServer { _ in
      [.answer("", status: 302, headers: ["Location: https://login.invalid/?next=health"])]
    }
    let finding = try await ask(server)
    #expect(
      finding.observed
        == "status 302, which points to https://login.invalid/?next=health")
    #expect(server.requests.count == 1)
    #expect(
      try await ask(server, ", expect: {status: 302, header: {Location: 'https://login.*'}}").status
        == .pass)
  }

  @Test("A body that is no JSON is told as such")
  func noJSON() async throws {
    let server = ScriptedServer { _ in [.answer("<html>\nhello", type: "text/html")] }
    let finding = try await ask(server, ", expect: {json: {/ok: true}}")
    #expect(finding.observed == "a body that is no JSON: <html>")
  }

  @Test("An answer that takes longer is no answer in time")
  func time() throws {
    let read = Checklist.read(
      path: "test.yaml",
      bytes: Array("version: 1\nchecks: [{id: a, http: 'http://h', expect: {within: 2s}}]".utf8),
      kinds: allKindDeclarations)
    let check = try #require(read.checklist?.checks.first)
    let settings = try AnswerExpectation(check.settings.record("expect"))
    let slow = HTTPReply(status: 200, timings: PhaseTimings(total: .milliseconds(2_300)))
    #expect(settings.faults(of: slow, Redactor([])) == ["an answer after 2.3s"])
    #expect(settings.text == "status 200; an answer within 2s")
    let timely = HTTPReply(status: 200, timings: PhaseTimings(total: .seconds(2)))
    #expect(settings.faults(of: timely, Redactor([])) == [])
  }

  @Test("A secret that the server sends back is not told, whole or cut")
  func echo() async throws {
    let token = String(repeating: "t0ken", count: 40)
    let server = ScriptedServer { request in
      [.answer(#"{"got": "\#(token)", "head": "\#(request.head.count)"}"#, status: 401)]
    }
    let settings = ", secret_headers: {apikey: \"v1.${TOKEN}\"}, expect: {json: {/got: none}}"
    let refused = try await ask(server, settings, ["TOKEN": token])
    #expect(refused.observed?.hasPrefix(#"status 401: {"got": "‹secret›", "head": "#) == true)
    #expect(refused.fix == "curl -i '\(server.url)/health' -H 'apikey: …'")
    let open = ScriptedServer { _ in [.answer(#"{"got": "\#(token)"}"#)] }
    let finding = try await ask(open, settings, ["TOKEN": token])
    #expect(finding.observed == #"/got: "‹secret›""#)
  }

  @Test("No answer is no failure")
  func silence() async throws {
    let gone = ScriptedServer { _ in [.close] }
    let finding = try await ask(gone)
    #expect(
      finding
        == .cannotTell(
          "\(gone.url)/health: the server closed the connection without an answer",
          expected: "status 200",
          observed: "the server closed the connection without an answer",
          fix: "curl -i '\(gone.url)/health'"))
    let plain = UnaskedServer("HTTP/1.1 400 Bad Request\r\n\r\n")
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, http: 'https://127.0.0.1:\(plain.port)'}\n", [:])
    #expect(go["a"]?.status == .error)
    #expect(go["a"]?.observed?.hasPrefix("no secure connection: ") == true)
    let endless = ScriptedServer { _ in [.hang] }
    let late = try await ask(endless, ", timeout: 500ms")
    #expect(
      late.observed
        == "no answer within 450ms: the server was connected but sent no byte")
  }

  @Test(
    "A JSON Pointer finds what section 5 of RFC 6901 says, and `/~01` the name ~1",
    arguments: [
      ("/foo/0", JSONValue.text("bar")), ("/", .whole(0)), ("/a~1b", .whole(1)),
      ("/c%d", .whole(2)), ("/k\"l", .whole(6)), ("/ ", .whole(7)), ("/m~0n", .whole(8)),
      ("/~01", .whole(9)),
    ])
  func pointers(_ text: String, _ value: JSONValue) throws {
    let document = try #require(
      JSONValue(
        Array(
          #"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "k\"l": 6, " ": 7, "m~n": 8, "~1": 9}"#
            .utf8)))
    #expect(try #require(JSONPointer(text)).find(in: document) == .value(value))
  }

  @Test("More than a mebibyte is not read")
  func large() async throws {
    let server = ScriptedServer { _ in [.answer(String(repeating: "x", count: 1_048_577))] }
    let finding = try await ask(server)
    #expect(finding.status == .error)
    #expect(finding.observed == "the answer is larger than 1048576 bytes")
  }
}
