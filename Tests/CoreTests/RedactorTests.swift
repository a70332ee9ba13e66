import Core
import Testing

@Suite("A redactor")
struct RedactorTests {
  private let redactor = Redactor([Secret("p@ss/wörd \"1\"")])

  @Test("It takes a secret out wherever it stands")
  func plain() {
    #expect(
      redactor.redact("a p@ss/wörd \"1\" b p@ss/wörd \"1\"") == "a ‹secret› b ‹secret›")
    #expect(redactor.redact("nothing here") == "nothing here")
  }

  @Test("It knows the percent-encoded form, as URLs carry it")
  func percentEncoded() {
    #expect(
      redactor.redact("postgres://me:p%40ss%2Fw%C3%B6rd%20%221%22@host")
        == "postgres://me:‹secret›@host")
  }

  @Test("It knows the form that stands in JSON")
  func json() {
    #expect(redactor.redact(#"{"key": "p@ss/wörd \"1\""}"#) == #"{"key": "‹secret›"}"#)
  }

  @Test(
    "It knows base64, also of a longer text with the secret in it",
    arguments: [
      // base64 of "key-0123456789", and of the same behind one, two and three letters.
      "a2V5LTAxMjM0NTY3ODk=", "YWtleS0wMTIzNDU2Nzg5", "YWJrZXktMDEyMzQ1Njc4OQ==",
      "YWJja2V5LTAxMjM0NTY3ODk=", "Ymtla2V5LTAxMjM0NTY3ODl6eg==",
    ])
  func base64(text: String) {
    let redacted = Redactor([Secret("key-0123456789")]).redact(text)
    #expect(redacted.contains(Redactor.mark))
    #expect(!redacted.contains("MTIzNDU2Nz") && !redacted.contains("EyMzQ1Njc"))
  }

  @Test("Each line of a secret of several lines is one")
  func lines() {
    let redactor = Redactor([Secret("first line\nsecond line\nend")])
    #expect(redactor.redact("> second line\n> end") == "> ‹secret›\n> end")
  }

  @Test("A text too short to search for is left, for it would blot out everything")
  func short() {
    #expect(Redactor([Secret("abcde"), Secret("")]).redact("abcdef") == "abcdef")
    #expect(Redactor([Secret("abcdef")]).redact("abcdefg") == "‹secret›g")
  }

  @Test("A secret inside another one leaves no half of it behind")
  func nested() {
    #expect(
      Redactor([Secret("secret-key"), Secret("my-secret-key-2")]).redact("=my-secret-key-2=")
        == "=‹secret›=")
  }

  @Test("A secret does not print")
  func secret() {
    let secret = Secret("s3cr3t-value")
    var dumped = ""
    dump(secret, to: &dumped)
    #expect("\(secret)" == "‹secret›")
    #expect(String(reflecting: [secret]) == "[‹secret›]")
    #expect(!dumped.contains("s3cr3t"))
    #expect(secret.reveal { $0 } == "s3cr3t-value")
  }
}
