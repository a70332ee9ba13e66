import Core
import Postgres
import Testing

@Suite("Postgres URLs")
struct ConnectionURLTests {
  private func reading(_ text: String) -> ConnectionURL.Fault? {
    do throws(ConnectionURL.Fault) {
      _ = try ConnectionURL(Secret(text))
      return nil
    } catch {
      return error
    }
  }

  @Test("a URL is taken apart")
  func parts() throws {
    let url = try ConnectionURL(
      Secret("postgresql://app%40x:s3%2Fcret@db.example.org:6543/app?sslmode=require"))
    #expect(url.host == "db.example.org")
    #expect(url.port == 6543)
    #expect(url.database == "app")
    #expect(url.user == "app@x")
  }

  @Test("what a URL leaves out has libpq's own values")
  func omissions() throws {
    let url = try ConnectionURL(Secret("postgres://app@/"))
    #expect(url.host == "localhost")
    #expect(url.port == 5432)
    #expect(url.database == "app")
  }

  @Test("libpq's list of settings serves too")
  func settings() throws {
    let url = try ConnectionURL(Secret("host=db port=6000 dbname=app user=me password='a b'"))
    #expect(url.host == "db")
    #expect(url.port == 6000)
    #expect(url.database == "app")
    #expect(url.user == "me")
  }

  @Test(
    "a URL that cannot be read is refused with a reason",
    arguments: [
      ("", ConnectionURL.Fault.empty),
      ("not a url", .notPostgresURL),
      ("https://db.example.org/app", .notPostgresURL),
      ("mysql://u:p@h/d?x=y", .notPostgresURL),
      ("postgres://u:pa%zz@h/d", .badPercentEncoding),
      ("postgres://u:p@h/d?pgbouncer=true", .unknownOption("pgbouncer")),
      ("postgres://u:p@h/d?sslmode=require&connection_limit=1", .unknownOption("connection_limit")),
      ("postgres://u:p@h/d?sslmode", .badOptions),
      ("postgres://u:p@h:port/d", .badPort),
      ("postgres://u:p@h:70000/d", .badPort),
      ("postgres://u:p@h1,h2:1,h3:x/d", .badPort),
      ("host=a,b,c port=1,2 dbname=d", .hostsAndPortsDiffer),
    ])
  func refusals(text: String, expected: ConnectionURL.Fault) {
    #expect(reading(text) == expected)
  }

  @Test(
    "separators left unencoded in a password are found, and the password is not repeated",
    arguments: [
      "postgres://u:hunter/2@h/d", "postgres://u:1/hunter@h/d", "postgres://u:hun@ter@h/d",
      "postgres://u:hun@@h/d", "postgres://u:hunter:x/y@h:5/d",
    ])
  func unencodedPasswords(text: String) {
    let fault = reading(text)
    #expect(fault == .unencodedPassword)
    #expect(fault?.message.contains("hun") == false)
  }

  @Test("an option's value that libpq does not take is told without a connection")
  func badOption() async {
    let fault = await fault { () throws(PostgresFault) in
      try await Connection.open(
        Secret("postgres://u:p@127.0.0.1:1/d?sslmode=always"), timeout: .seconds(5))
    }
    #expect(
      fault?.message
        == "the Postgres URL is not usable: invalid sslmode value: \"always\"")
  }

  @Test("nothing that is printed of a URL holds its password")
  func printing() throws {
    let url = try ConnectionURL(Secret("postgres://u:hunter2@h/d"))
    var dumped = ""
    dump(url, to: &dumped)
    #expect(!"\(url)".contains("hunter2"))
    #expect(!String(reflecting: url).contains("hunter2"))
    #expect(!dumped.contains("hunter2"))
  }
}
