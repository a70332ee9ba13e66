import Core
import Gate
import HTTP
import Postgres
import Sandbox
import ScriptedServer
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct ServiceTests {
  private func database(_ url: String) async throws -> Go {
    try await Go(["table: issues"], url: Secret(url))
  }

  @Test("A database that is there says who is let in where")
  func connected() async throws {
    try await TestWorld.run { world in
      let go = try await Go(["table: issues"], in: world)
      let server = world.connection.server
      #expect(
        go["service.database"]?.message == """
          Postgres \(server.version) at 127.0.0.1:\(server.port) lets postgres into \(server.database)
          """)
    }
  }

  @Test("A wrong password, database or URL is refused for good: a failure")
  func refused() async throws {
    try await TestWorld.run { world in
      let server = world.connection.server
      let place = "127.0.0.1:\(server.port)"
      let password = try await database("postgres://postgres:wrong@\(place)/\(server.database)")
      #expect(password.ids(.fail) == ["service.database"])
      #expect(password["c0"] == .skip(because: "service.database"))
      #expect(
        password["service.database"]?.fix
          == "psql \"$DATABASE_URL\" -c 'select 1'   # then correct DATABASE_URL")
      let url = world.url.reveal { $0 }.replacing("/\(server.database)", with: "/absent")
      let absent = try await database(url)
      #expect(absent["service.database"]?.status == .fail)
      #expect(absent["service.database"]?.message == "the database absent does not exist")
    }
    let wrong = try await database("mysql://root@localhost/db")
    #expect(
      wrong["service.database"]?.fix
        == "export DATABASE_URL='postgres://USER:PASSWORD@HOST:5432/DATABASE'")
    #expect(wrong["service.database"]?.status == .fail)
  }

  @Test("No answer, or one that is no Postgres's, cannot be told from a fault of the way there")
  func unanswered() async throws {
    let closed = try await database("postgres://u@127.0.0.1:1/d")
    #expect(closed["service.database"]?.status == .error)
    #expect(closed["service.database"]?.message == "127.0.0.1:1 refuses connections")
    #expect(
      closed["service.database"]?.fix
        == "pg_isready --host 127.0.0.1 --port 1   # then correct DATABASE_URL, or start the server"
    )
    let web = ScriptedServer { _ in [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close] }
    let other = try await database("postgres://u@127.0.0.1:\(web.port)/d?sslmode=disable")
    #expect(other["service.database"]?.status == .error)
    #expect(other["c0"] == .skip(because: "service.database"))
    let name = try await database("postgres://u@no-such-host.invalid/d")
    #expect(
      name["service.database"]?.message == "the host name no-such-host.invalid cannot be resolved")
  }

  @Test("A variable that is not set is told at the service, and its checks are skipped")
  func unset() async throws {
    let go = try await Go(
      """
      version: 1
      services: {database: {postgres: "${DATABASE_URL}"}}
      checks:
        - {id: a, table: issues}
      """, [:])
    #expect(
      go["service.database"]
        == .cannotTell(
          "the postgres service cannot be asked: DATABASE_URL is not set",
          expected: "values for DATABASE_URL", observed: "DATABASE_URL is not set",
          fix: "export DATABASE_URL='…'"))
    #expect(go["a"] == .skip(because: "service.database"))
    #expect(go.verdict.decision == .undecided)
  }

  @Test(
    "An endpoint that does not answer as an API does cannot be told, and its key is not judged",
    arguments: [
      (EndpointBehaviour.html, "the answer is a web page, not JSON (status 200)"),
      (.halfBody, "the answer broke off in the middle"),
      (.wrongCount, "0 vectors came back for 1 text (status 200)"),
      (.nullInVector, "the vector of text 1 holds something that is no number (status 200)"),
    ])
  func malformed(_ behaviour: EndpointBehaviour, _ message: String) async throws {
    let go = try await EmbedderGo.run([behaviour])
    #expect(go["service.embedder"]?.status == .error)
    #expect(go["service.embedder"]?.message == message)
    #expect(go["a"] == .skip(because: "service.embedder"))
  }

  @Test("Nothing at all, and nothing there, cannot be told")
  func silent() async throws {
    let go = try await EmbedderGo.run([.emptyReply])
    #expect(go["service.embedder"]?.status == .error)
    #expect(go["a"] == .skip(because: "service.embedder"))
    let nowhere = try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "http://127.0.0.1:1/v1", model: m}}
      checks:
        - {id: a, api_key: embedder}
      """, [:])
    #expect(
      nowhere["service.embedder"]?.message
        == "127.0.0.1 refused the connection on port 1: nothing listens there")
  }

  @Test("Where no check judges the key, the service's own check does")
  func unjudged() async throws {
    let go = try await EmbedderGo.run([], key: "sk-another-key-that-is-wrong", judged: false)
    #expect(go.ids(.fail) == ["service.embedder"])
  }

}
