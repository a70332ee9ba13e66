import Core
import Testing

@Suite("A secret in spellings that programs mix")
struct SpellingTests {
  private func expectHidden(
    _ secret: String, in texts: [String], _ location: Testing.SourceLocation = #_sourceLocation
  ) {
    let redactor = Redactor([Secret(secret)])
    for text in texts {
      #expect(redactor.redact("<\(text)>") == "<‹secret›>", "\(text)", sourceLocation: location)
    }
  }

  @Test("Percent-encoding of any part, of either case, and encoded once more")
  func percent() {
    expectHidden(
      "p@ss/wörd+1%",
      in: [
        "p@ss/wörd+1%", "p%40ss/wörd+1%", "p%40ss%2fw%c3%b6rd%2B1%25", "p%40ss%2Fw%C3%b6rd+1%25",
        "%70%40%73%73%2F%77%C3%B6%72%64%2b%31%25", "p%2540ss%252fw%25c3%25B6rd%252B1%2525",
      ])
    expectHidden("a b c d e f", in: ["a+b%20c+d e%20f", "a+b+c+d+e+f", "a%2520b c d e f"])
    expectHidden("50%25 off", in: ["50%25 off", "50%2525+off", "50%2525%20off"])
  }

  @Test("Escapes of JSON in any part, of either case, and escaped once more")
  func json() {
    expectHidden(
      "a\"b\\c/d\té😀",
      in: [
        #"a\"b\\c/d\té😀"#, #"a\"b\\c\/d\t\u00e9\ud83d\ude00"#,
        #"a\u0022b\u005Cc\u002fd\u0009\u00E9😀"#,
        #"a\\\"b\\\\c\\/d\\t\\u00e9\\uD83D\\uDE00"#, #"\u0061\"b\\c/d\té😀"#,
        #"a\"b\\c/d\t\u{e9}\u{1f600}"#,
      ])
    expectHidden(
      #"C:\new\table"#, in: [#"C:\new\table"#, #"C:\\new\\table"#, #"C:%5Cnew%5c%5ctable"#])
  }

  @Test("JSON that is percent-encoded, and quotes that a shell or SQL writes double")
  func nested() {
    expectHidden(
      "it's \"so\"",
      in: [
        "it%27s%20%5C%22so%5C%22", "it'\\''s \"so\"", "it''s \"so\"", #"it'\\''s \"so\""#,
        "it's \"\"so\"\"", #"it\'s \"so\""#,
      ])
  }

  @Test("What stands before it takes nothing of it away")
  func context() {
    let redactor = Redactor([Secret("new-secret"), Secret("abcdef")])
    #expect(redactor.redact(#"C:\new-secret"#) == #"C:\‹secret›"#)
    #expect(redactor.redact("100%abcdef") == "100%‹secret›")
    #expect(redactor.redact(#"\u00abcdef"#) == #"\u00‹secret›"#)
  }

  @Test("White space and line breaks that others put in or collapse")
  func space() {
    expectHidden(
      "one  two\n three", in: ["one two three", "one  two\n three", #"one\n  two\r\n\tthree"#])
    #expect(Redactor([Secret(" padded \n")]).redact("<padded>") == "<‹secret›>")
  }

  @Test("Base64 that is safe in URLs, escaped, without padding, or broken into lines")
  func base64() {
    // Of "?>~secret?>~", at each offset of a longer text.
    let secret = "?>~secret?>~"
    expectHidden(
      secret,
      in: [
        "Pz5+c2VjcmV0Pz5+", "Pz5-c2VjcmV0Pz5-", #"Pz5\u002bc2VjcmV0Pz5%2B"#,
        "Pz5+c2Vj\ncmV0\r\nPz5+",
        #"Pz5+c2Vj\ncmV0Pz5+"#,
      ])
    let redactor = Redactor([Secret(secret)])
    #expect(redactor.redact("YT8+fnNlY3JldD8+fg==") == "YT‹secret›g==")
    #expect(redactor.redact("YT8-fnNlY3JldD8-fg") == "YT‹secret›g")
    #expect(redactor.redact("YWE/Pn5zZWNyZXQ/Pn4=") == "YWE‹secret›4=")
    #expect(redactor.redact("YWE_Pn5zZWNyZXQ_Pn4") == "YWE‹secret›4")
    #expect(redactor.redact(#"YWE\/Pn5zZWNyZXQ%2fPn4="#) == "YWE‹secret›4=")
  }

  @Test("The beginning of one that a text leaves off, if it is long enough to tell")
  func cut() {
    let redactor = Redactor([Secret("abcdefghijkl")])
    #expect(redactor.redact("abcdefgh… and abcdef…") == "‹secret›… and ‹secret›…")
    #expect(redactor.redact("%61bcdefgh…") == "‹secret›…")
    #expect(redactor.redact("abcde… abcdefgh.") == "abcde… abcdefgh.")
  }

  @Test("Secrets that overlap leave no piece of each other")
  func overlap() {
    let redactor = Redactor([Secret("abcdef123"), Secret("123ghijkl"), Secret("def123")])
    #expect(redactor.redact("<abcdef123ghijkl>") == "<‹secret›>")
  }

  @Test("To redact again changes nothing, even where a secret is a word of the mark")
  func twice() {
    let redactor = Redactor([Secret("secret")])
    #expect(redactor.redact(redactor.redact("a secret")) == "a ‹secret›")
  }
}
