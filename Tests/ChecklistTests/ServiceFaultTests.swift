import Checklist
import Core
import Testing

@Suite("A fault of a service")
struct ServiceFaultTests {
  private func services(_ text: String, check: String = "secret: X") -> String {
    "version: 1\nservices:\n\(text)\nchecks:\n  - id: a\n    \(check)\n"
  }

  @Test("A service that is not declared is told with the nearest one of the kind")
  func unknown() {
    #expect(
      faults(of: file(checks: "  - id: a\n    api_key: embeder")) == """
        list.yaml:7:14: error: `api_key`: no service "embeder" is declared
            7 |     api_key: embeder
              |              ^^^^^^^ did you mean `embedder`?
        """)
  }

  @Test("A service of another kind is told as such")
  func otherKind() {
    #expect(
      faults(of: file(checks: "  - id: a\n    api_key: database")) == """
        list.yaml:7:14: error: `api_key` must be the name of a service of kind `embeddings`, and \
        "database" is of kind `postgres`
            7 |     api_key: database
              |              ^^^^^^^^
        """)
  }

  @Test("A check need not name the only service of a kind, but must name one of two")
  func onlyOne() {
    let one = read(file(checks: "  - id: a\n    dimension: x.y")).checklist?.checks.first?.settings
    #expect(one?.text("in") == "database")
    #expect(one?.text("model") == "embedder")
    #expect(one?.services == ["database", "embedder"])

    let two = services(
      "  one: { postgres: \"${A}\" }\n  two: { postgres: \"${B}\" }", check: "dimension: x.y")
    #expect(
      faults(of: two) == """
        list.yaml:7:5: error: this `dimension` check must say which service of kind `postgres` it means
            7 |     dimension: x.y
              |     ^^^^^^^^^ write `in:` and one of one, two
        list.yaml:7:5: error: this `dimension` check needs a service of kind `embeddings`, and none is \
        declared
            7 |     dimension: x.y
              |     ^^^^^^^^^
        """)
  }

  @Test("A faulty service does not make those that name it faulty too")
  func noEcho() {
    let text = services(
      "  db: { postgre: x }\n  model: { embeddings: x }", check: "dimension: x.y\n    model: model")
    #expect(
      read(text).diagnostics.map(\.message) == [
        "the service \"db\" is of no known kind", "the service \"model\" lacks `model`",
      ])
  }

  @Test("A service has one kind, a plain name and only known settings")
  func shape() {
    let text = services(
      """
        Big: { postgres: "${A}" }
        two: { postgres: "${A}", supabase: x }
        none: {}
        list: [a]
        e: { embeddings: x, modle: y, model: z, dimensions: 0 }
      """)
    #expect(
      read(text).diagnostics.map { "\($0.location?.description ?? ""): \($0.message)" } == [
        "list.yaml:3:3: a service's name must be a name of lower-case letters, digits, `.`, `_` "
          + "and `-`",
        "list.yaml:4:28: the service \"two\" is of two kinds",
        "list.yaml:5:3: the service \"none\" is of no known kind",
        "list.yaml:6:9: the service \"list\" must be a mapping, not a list",
        "list.yaml:7:23: unknown name \"modle\" in the service \"e\"",
        "list.yaml:7:55: `dimensions` must be a whole number from 1 to 16000, not \"0\"",
      ])
  }
}

@Suite("A secret in the file itself")
struct LiteralSecretTests {
  private func faultsOf(service: String) -> String {
    faults(of: "version: 1\nservices:\n  s: \(service)\nchecks:\n  - { id: a, secret: X }\n")
  }

  @Test("A key is refused, and its line is not shown")
  func key() {
    #expect(
      faultsOf(service: "{ embeddings: u, model: m, api_key: sk-live-123456 }") == """
        list.yaml:3:42: error: `api_key` holds the secret itself
            3 |   s: { embeddings: u, model: m, api_key: ‹secret›
              |                                          ^^^^^^^^ write ${NAME}, not the secret, and set \
        that variable
        """)
  }

  @Test(
    "A literal secret is refused in every form, and never told",
    arguments: [
      "{ embeddings: u, model: m, api_key: 's3cr3t' }",
      "{ embeddings: u, model: m, api_key: \"${KEY:-s3cr3t}\" }",
      "{ embeddings: u, model: m, api_key: [s3cr3t] }",
      "{ embeddings: u, model: m, apikey: s3cr3t }",
      "{ embeddings: u, model: m, api_key: \"${s3cr3t\" }",
      "{ supabase: p, access_token: s3cr3t }",
      "{ supabase: p, tokne: s3cr3t, access_token: \"${T}\" }",
      "{ supabase: p, embeddings: x, access_token: s3cr3t }",
      "{ api_key: s3cr3t }",
      "{ postgres: 'postgres://me:s3cr3t@host/db' }", "s3cr3t",
      "{ supabase: p, access_token: @s3cr3t }", "{ supabase: p, access_token: '@s3cr3t' x }",
      "{ supabase: p, \"access-token\" : %s3cr3t }", "{ postgres: postgres://me:s3cr3t@h, : ]",
      "{ supabase: p, access_token: \"${T}\", access_token: s3cr3t }",
      "{ postgres: 'postgres://me@host/db?password=s3cr3t' }",
      "{ postgres: 'host=h password = s3cr3t' }",
      "{ postgres: \"${URL:-postgres://me:s3cr3t@host/db}\" }",
    ])
  func neverTold(service: String) {
    let text = faultsOf(service: service)
    #expect(text.contains("error"))
    #expect(!text.contains("s3cr3t"))
  }

  @Test(
    "A connection text without password may stand in the file",
    arguments: [
      "postgres://me@host/db", "postgres://host/db", "host=h dbname=d password=''",
      "postgres://me:${PASSWORD}@host/db", "host=h password=${PASSWORD}",
      "postgres:///db?host=/tmp/a:b@c",
    ])
  func open(text: String) {
    #expect(faultsOf(service: "{ postgres: \"\(text)\" }") == "")
  }
}
