import Checklist
import Checks
import Core
import Gate
import HTTP
import Postgres
import Sandbox
import ScriptedServer
import TestWorld
import Testing

/// What explain says of a checklist's checks, and then what they really send, one after the other:
/// the server has one log.
@Suite("What explain shows is what is sent", .serialized, .timeLimit(.minutes(3)))
struct ExplainedQuestionTests {
  /// The kinds whose example asks a database something.
  private static let databaseKinds = allKindDeclarations.map(\.name).filter { name in
    Explanation.ofKind(name)?.questions.contains { $0.isOfDatabase } == true
  }

  @Test("there are kinds that ask a database")
  func thereAre() {
    #expect(Set(Self.databaseKinds).isSuperset(of: ["dimension", "function", "table", "jobs"]))
  }

  @Test(
    "each statement in the server's log is one that was shown, and each shown one is in the log",
    arguments: databaseKinds, [[], [SandboxFault.functionMissing, .constraintMissing]])
  func statements(kind: String, faults: [SandboxFault]) async throws {
    guard case .kind(let example)? = Explanation.ofKind(kind)?.subject else {
      return #expect(Bool(false), "\(kind) is no kind")
    }
    // Vectors are stored already, which some kinds ask for.
    try await TestWorld.run(Set(faults + [.modelMasked]), api: true) { world in
      let environment = [
        "DATABASE_URL": world.url.reveal { $0 }, "OPENAI_BASE_URL": world.endpoint.url + "/v1",
        "OPENAI_API_KEY": TestWorld.apiKey.reveal { $0 },
        "SUPABASE_PROJECT_REF": TestWorld.projectReference,
        "SUPABASE_ACCESS_TOKEN": TestWorld.accessToken.reveal { $0 },
        "SUPABASE_API_URL": world.endpoint.url, "SUPABASE_URL": world.endpoint.url,
        "SUPABASE_SERVICE_ROLE_KEY": TestWorld.serviceRoleKey.reveal { $0 },
      ]
      let questions = try explained(kind, in: example, environment).questions
      for case .http(_, let url, _, _) in questions.map(\.wire) {
        try #require(url.hasPrefix(world.endpoint.url), "it would leave this machine")
      }
      let log = try await StatementLog(of: world)
      let go = try await Go(example, environment)
      let finding = try #require(go[kind])
      #expect([.pass, .fail].contains(finding.status), "\(finding)")

      // What is written and taken back holds the model's answer, which nobody knows beforehand.
      let taken = questions.flatMap { question -> [String] in
        if case .rolledBack(let statements) = question.wire { statements } else { [] }
      }
      let logged = try log.entries().map { entry in
        taken.contains(entry.sql) ? StatementLog.Entry(sql: entry.sql) : entry
      }
      var possible: Set<StatementLog.Entry> = []
      for question in questions {
        let entries = try await entries(of: question, in: world)
        possible.formUnion(entries)
        if question.condition == nil {
          #expect(Set(entries).subtracting(logged) == [], "shown, and not sent")
        }
      }
      // The arguments of a search function are known to the catalog only, and told in words.
      let isSearched = questions.contains { question in
        if case .here(let words) = question.wire { words.hasPrefix("a call of ") } else { false }
      }
      let unknown = logged.filter { entry in
        !possible.contains(entry)
          && !(isSearched
            && entry.sql.hasPrefix("select count(*) as found from match_similar_items("))
      }
      #expect(unknown == [], "sent, and not shown")
      #expect(!logged.isEmpty)
    }
  }

  /// A question as the log has it.
  private func entries(
    of question: Question, in world: TestWorld
  ) async throws -> [StatementLog.Entry] {
    switch question.wire {
    case .read(let sql, let parameters):
      var values: [String] = []
      for (number, parameter) in parameters.enumerated() {
        // `concat` writes a value as the log does.
        let text = try await world.text(
          "select case when value is null then null else concat(value) end"
            + " from (select \(parameter) as value) as shown")
        values.append("$\(number + 1) = " + (text.map(SQLText.literal) ?? "NULL"))
      }
      return [StatementLog.Entry(sql: sql, values: values.joined(separator: ", "))]
    case .rolledBack(let statements):
      return statements.map { StatementLog.Entry(sql: $0) }
    case .http, .here: return []
    }
  }

  private func explained(
    _ id: String, in text: String, _ environment: [String: String]
  ) throws -> Explanation {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables(environment), directory: "/", http: HTTPClient())
    return try #require(Explanation.ofCheck(id, in: checklist, with: services))
  }

  @Test("each request that a server receives is one that was shown, and each shown one came")
  func requests() async throws {
    let vector = #"{"data": [{"index": 0, "embedding": [0.6, 0.8]}], "model": "m"}"#
    let server = ScriptedServer { request in
      if request.head.hasPrefix("GET") { return [.answer("[]")] }
      if request.bodyText.contains("base64") {
        return [
          .answer(
            #"{"error": {"message": "encoding_format base64 is not supported", "param": "encoding_format"}}"#,
            status: 400)
        ]
      }
      return [.answer(vector)]
    }
    let environment = [
      "BASE": server.url, "KEY": "sk-hunter22-hunter22", "TOKEN": "sbp_hunter22",
    ]
    let text = """
      version: 1
      services:
        embedder: { embeddings: "${BASE}/v1", api_key: "${KEY}-${KEY}", model: m, dimensions: 2 }
        edge: { supabase: abc, access_token: "${TOKEN}", api: "${BASE}" }
      checks:
        - { id: key, api_key: embedder }
        - { id: deployed, secret: KEY, stored_in: edge }
      """
    let questions = try ["key", "deployed"].flatMap { id in
      try explained(id, in: text, environment).questions
    }
    let shown = questions.filter {
      $0.condition?.contains("rate limit") != true
    }.compactMap { SentRequest($0, environment) }
    let go = try await Go(text, environment)
    #expect(go.ids(.pass).contains("key"))
    // The two services are asked side by side.
    let sent = server.requests.map { SentRequest($0, headers: shown) }
    #expect(sent.sorted() == shown.sorted())
    #expect(sent.count == 3)
    #expect(!questions.map { "\($0)" }.joined().contains("hunter22"))
  }
}

extension Explanation {
  /// All that is asked, of services too.
  fileprivate var questions: [Question] { parts.flatMap { (try? $0.questions.get()) ?? [] } }
}

extension Question {
  fileprivate var isOfDatabase: Bool {
    switch wire {
    case .read, .rolledBack: true
    case .http, .here: false
    }
  }
}

/// A request as both sides know it.
private struct SentRequest: Equatable, Comparable {
  /// The request line; the headers that explain shows; the body.
  let text: String

  static func < (left: SentRequest, right: SentRequest) -> Bool { left.text < right.text }

  /// What explain shows, with the variables in its headers filled.
  init?(_ question: Question, _ environment: [String: String]) {
    guard case .http(let method, let url, let headers, let body) = question.wire else { return nil }
    let path = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
    let lines = headers.map { header in
      "\(header.name): "
        + environment.reduce(header.value) { $0.replacing("${\($1.key)}", with: $1.value) }
    }
    text = (["\(method) /\(path) HTTP/1.1"] + lines.sorted() + [body ?? ""])
      .joined(separator: "\n")
  }

  /// What the server received, of whose headers libcurl's own are left out.
  init(_ request: ScriptedServer.Request, headers shown: [SentRequest]) {
    let lines = request.head.split(whereSeparator: \.isNewline).map(String.init)
    let own = ["Host", "User-Agent", "Content-Length"]
    let headers = lines.dropFirst().filter { line in
      !own.contains { line.hasPrefix($0 + ":") }
    }
    text = ([lines.first ?? ""] + headers.sorted() + [request.bodyText]).joined(separator: "\n")
  }
}
