import Checklist
import Checks
import Core
import Testing

@Suite("What no output may hold")
struct KnownSecretsTests {
  /// The texts that are known of a checklist of these lines, with these variables.
  private func known(
    _ lines: String, _ variables: [String: String] = [:], doubts: [String: String] = [:]
  ) throws -> Set<String> {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array("version: 1\n\(lines)\n".utf8), kinds: allKindDeclarations)
    let checklist = try #require(
      read.checklist, "\(read.diagnostics.map { $0.rendered(quoting: []) })")
    let secrets = KnownSecrets(of: checklist, Variables(variables, doubts: doubts), in: "/")
    return Set(secrets.secrets.map { $0.reveal { $0 } })
  }

  private func known(of variables: [String: String]) -> Set<String> {
    Set(KnownSecrets(of: variables).secrets.map { $0.reveal { $0 } })
  }

  @Test(
    "What stands in a field for a secret, whole and in its parts, and what `secret` checks name")
  func fields() throws {
    let found = try known(
      """
      services:
        database: {postgres: "${DATABASE_URL}"}
        embedder: {embeddings: "http://localhost/v1", api_key: "${FIRST}", model: "${MODEL}"}
      checks:
        - {id: a, secret: OTHER}
        - {id: b, http: "http://localhost/", secret_headers: {A: "Bearer ${SECOND}", B: "${UNSET}"}}
      """,
      [
        "DATABASE_URL": "postgres://u:pass%40word@h/d", "FIRST": "k-1", "OTHER": "o-2",
        "MODEL": "m-3", "SECOND": "s-4", "ELSEWHERE": "e-5",
      ])
    #expect(
      found == [
        "postgres://u:pass%40word@h/d", "pass%40word", "pass@word", "k-1", "o-2", "Bearer s-4",
        "s-4",
      ])
  }

  @Test("A variable whose value is in doubt, for a file is named as well")
  func doubtful() throws {
    let found = try known(
      "checks: [{id: a, secret: ONE}]", ["ONE": "value"], doubts: ["ONE": "it is set twice"])
    #expect(found == ["value"])
  }

  @Test("Credentials of a URL in any field, from a variable or not")
  func ordinaryFields() throws {
    let found = try known(
      """
      services:
        embedder: {embeddings: "https://u:p-1%2F@host/v1?api_key=k-2&x=y", model: "m"}
        other: {embeddings: "${BASE}", model: "m"}
      checks: [{id: a, api_key: embedder}, {id: b, api_key: other}]
      """, ["BASE": "https://t-3@host/v1"])
    #expect(found == ["p-1%2F", "p-1/", "k-2", "t-3"])
  }

  @Test(
    "Variables by what their names say, but for those of places",
    arguments: [
      "SOME_API_KEY", "apikey", "TOKEN", "CLIENT_SECRET", "PGPASSWORD", "DB_PASSWD",
      "SSH_PASSPHRASE",
      "DB_PWD", "AWS_CREDENTIALS", "SUPABASE_JWT", "SESSION_COOKIE", "SECRET",
    ])
  func names(name: String) {
    #expect(known(of: [name: "value", "HOME": "/root"]) == ["value"])
    #expect(known(of: [name + "_FILE": "/run/value"]) == [])
    #expect(known(of: [name + "_PATH": "/run/value", name + "_DIR": "/run"]) == [])
  }

  @Test("Passwords in values of any name, as they stand there and decoded")
  func values() {
    #expect(known(of: ["HTTP_PROXY": "http://u:p%2Bw@proxy:8080"]) == ["p%2Bw", "p+w"])
    #expect(
      known(of: ["URL": "postgres://u:one@h/d?sslpassword=t%77o&password=three"])
        == ["one", "t%77o", "two", "three"])
    #expect(
      known(of: ["PARTS": "host=h user=u password='a b\\'c' sslpassword=d"]) == ["a b'c", "d"])
    // A password whose `/` nobody has encoded: libpq refuses it, and it is one all the same.
    #expect(known(of: ["URL": "postgres://u:one/two@three@h/d"]) == ["one/two@three"])
    #expect(known(of: ["TEXT": "see http://h/a?b=c and u:p@h"]) == [])
    #expect(known(of: ["URL": "postgres://user@h/d", "WEB": "https://${USER}@h/"]) == [])
  }
}
