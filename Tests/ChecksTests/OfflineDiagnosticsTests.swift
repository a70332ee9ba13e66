import Checklist
import Checks
import Core
import Testing

@Suite struct OfflineDiagnosticsTests {
  private static let services = """
    version: 1
    services:
      database: { postgres: "${DATABASE_URL}" }
      embedder: { embeddings: "http://localhost/v1", model: m }
    checks:
    """

  @Test(
    "A setting that no variable can mend is told without a network",
    arguments: [
      ("function: increment(job_id)", "the argument \"job_id\" needs a name and a type"),
      ("function: increment", "the signature has no arguments in parentheses"),
      ("{secret: KEY, matches: '['}", "`matches` holds \"[\", which is no regular expression"),
      ("secret: sk-abc", "`secret` takes the name of a variable, not its value"),
      (
        "{files: 'src/**.ts', forbid: x}", "`**` stands for whole folders: write `**/*.ts`"
      ),
      ("files: src/*.ts", "a `files` check without `require` or `forbid` asks nothing"),
      (
        "{files: src/*.ts, forbid: '('}",
        "`forbid` holds \"(\", which is no regular expression"
      ),
      ("dimension: embedding", "`dimension` takes TABLE.COLUMN"),
      ("table: a b", "\"a b\" is no name of a table"),
      ("{upsert: t, on_conflict: [a, A]}", "`on_conflict` names the column a twice"),
      ("{upsert: t, on_conflict: a, as: r}", "`as` without `canary` asks nothing"),
      (
        "{upsert: t, on_conflict: [a, b], canary: {a: 1}}",
        "`canary` has no value for b, which `on_conflict` names"
      ),
      (
        "{upsert: t, on_conflict: a, canary: {a: null}}",
        "`canary` has no value for a, which `on_conflict` names"
      ),
      ("{upsert: t, on_conflict: a, canary: {a: 1, A: 2}}", "`canary` names the column a twice"),
      (
        "{upsert: t, on_conflict: a, canary: {a: 1, b.c: 2}}",
        "`canary` names \"b.c\", which is no name of a column"
      ),
      ("{same_model: v, key: id, text: a}", "`same_model` takes TABLE.COLUMN"),
      ("{same_model: t.v, key: a.id, text: a}", "\"a.id\" is no name of a column"),
      ("{round_trip: embedder, into: t}", "`into` takes TABLE.COLUMN"),
      (
        "{round_trip: embedder, into: t.v, canary: {V: 1}}",
        "`canary` gives v another value than the vector"
      ),
      ("{upsert: t, on_conflict: a, canary: {a: 1}, as: none}", "\"none\" is no name of a role"),
      (
        "{extension: vector, at_least: 0.8dev}",
        "`at_least` holds \"0.8dev\", which is not made of numbers between dots"
      ),
      ("{extension: vector, schema: a.b}", "\"a.b\" is no name of a schema"),
      (
        "{query: select 1, expect: '>= ten'}",
        "`expect` holds \">= ten\", which compares with no number"
      ),
      (
        "{query: select 1, expect: '> -1'}",
        "`expect` holds \"> -1\", which compares with no number"
      ),
      ("{vector_index: embedding, metric: l2}", "`vector_index` takes TABLE.COLUMN"),
      (
        "{vector_index: t.v, metric: l1, method: ivfflat}",
        "no ivfflat index serves the metric l1"
      ),
      (
        "{vector_index: t.v, metric: l2, searched_by: f(q)}",
        "\"f(q)\" is no name of a function"
      ),
      (
        "{http: 'ftp://h/'}", "`http` takes an address that begins with http:// or https://"
      ),
      ("{http: 'https://u:hunter2@h/'}", "`http` takes an address without a user"),
      (
        "{http: 'http://h', headers: {X-Api-Key: hunter2}}",
        "the value of the header X-Api-Key is a secret"
      ),
      ("{http: 'http://h', headers: {'A: b': c}}", "\"A: b\" is no name of a header"),
      (
        "{http: 'http://h', expect: {json: {ok: true}}}",
        "\"ok\" in `json` is no JSON Pointer"
      ),
      (
        "{http: 'http://h', expect: {json: {/a~2: true}}}",
        "\"/a~2\" in `json` is no JSON Pointer"
      ),
      (
        "{http: 'http://h', expect: {body_matches: '['}}",
        "`body_matches` holds \"[\", which is no regular expression"
      ),
      (
        "{command: ['true'], stdout: {}}", "`stdout` without `matches` or `equals` asks nothing"
      ),
      (
        "{command: ['true'], stdout: {matches: '['}}",
        "`matches` holds \"[\", which is no regular expression"
      ),
      ("{function: 'f(a int)', call: {a: 1}}", "`call` without `expect` asks nothing"),
      ("{function: 'f(a int)', expect: 1}", "`expect` needs a `call`"),
      (
        "{function: 'f(item int)', call: {itm: 1}, expect: 1}",
        "`call` names \"itm\", which is no argument of the signature"
      ),
      ("{jobs: t, assert: backlog}", "`assert` names the backlog, which has no bound"),
    ])
  func told(_ check: String, _ message: String) throws {
    let kind = check.hasPrefix("{") ? "{id: a, " + check.dropFirst() : "{id: a, \(quoted(check))}"
    let text = Self.services + "\n  - \(kind)\n"
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    #expect(read.diagnostics.map(\.message) == [])
    let found = diagnostics(for: try #require(read.checklist))
    #expect(found.map(\.message) == [message])
    #expect(found.first?.location?.line == 6)
  }

  private func quoted(_ check: String) -> String {
    let parts = check.split(separator: ":", maxSplits: 1)
    return "\(parts[0]): '\(parts[1].trimmingPrefix(" "))'"
  }

  @Test("A setting with variables is left for the time when they are known")
  func variables() throws {
    let text = Self.services + "\n  - {id: a, files: '${ROOT}/**.ts', forbid: x}\n"
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    #expect(diagnostics(for: try #require(read.checklist)) == [])
  }
}
