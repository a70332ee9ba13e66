import Reports
import Testing

@Suite struct `A request for a report` {
  @Test(arguments: [
    ("text", ReportRequest(.text)), ("json", ReportRequest(.json)),
    ("json=-", ReportRequest(.json)),
    ("json=a=b.json", ReportRequest(.json, to: .file("a=b.json"))),
    ("text=out/x.txt", ReportRequest(.text, to: .file("out/x.txt"))),
  ])
  func `is a format and where it goes`(text: String, request: ReportRequest) throws {
    #expect(try ReportRequest(text: text) == request)
  }

  @Test(arguments: [
    ("jsno=x", "there is no report format \"jsno\", only text and json; did you mean json?"),
    ("", "there is no report format \"\", only text and json"),
    ("JSON", "there is no report format \"JSON\", only text and json; did you mean json?"),
    ("json=", "\"json=\" names no file; write json=PATH, or json=- for standard output"),
  ])
  func `says what is wrong with it`(text: String, message: String) {
    let fault = #expect(throws: ReportRequest.Fault.self) { try ReportRequest(text: text) }
    #expect(fault?.message == message)
  }

  @Test func `may be one of several`() throws {
    #expect(
      try ReportRequest.all(["json=a", "text"])
        == [ReportRequest(.json, to: .file("a")), ReportRequest(.text)])
    #expect(try ReportRequest.all([]) == [ReportRequest(.text)])
  }

  @Test(arguments: [
    (
      ["json", "text=-"],
      "only one report fits on standard output; give the others a file, as FORMAT=PATH"
    ),
    (["json=a", "text=a"], "two reports would be written to \"a\""),
  ])
  func `does not share its place`(texts: [String], message: String) {
    let fault = #expect(throws: ReportRequest.Fault.self) { try ReportRequest.all(texts) }
    #expect(fault?.message == message)
  }
}
