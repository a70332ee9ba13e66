import Core
import Testing

@Suite("A diagnostic as a person reads it")
struct DiagnosticTests {
  private func rendered(_ line: String, column: Int, width: Int = 1, help: String? = nil) -> String
  {
    Diagnostic(
      "wrong", at: SourceLocation(file: "f", line: 1, column: column, width: width), help: help
    )
    .rendered(quoting: [SourceText(file: "f", text: line)])
  }

  @Test("Place, line, caret and help stand together, and so does each note")
  func whole() {
    let source = SourceText(file: "f.yaml", text: "a: 1\r\nb: 2\na: 3\n")
    let diagnostic = Diagnostic(
      "\"a\" stands twice", at: SourceLocation(file: "f.yaml", line: 3, column: 1),
      notes: [
        Diagnostic.Note("the first one", at: SourceLocation(file: "f.yaml", line: 1, column: 1))
      ],
      help: "remove one")
    #expect(
      diagnostic.rendered(quoting: [source]) == """
        f.yaml:3:1: error: "a" stands twice
            3 | a: 3
              | ^ remove one
        f.yaml:1:1: note: the first one
            1 | a: 1
              | ^
        """)
  }

  @Test("Without a place there is no excerpt, and help stands on its own line")
  func noPlace() {
    #expect(
      Diagnostic("the file cannot be read", at: nil, help: "look at its rights")
        .rendered(quoting: []) == "error: the file cannot be read\n   help: look at its rights")
    #expect(
      Diagnostic("odd", at: nil, severity: .warning).rendered(quoting: []) == "warning: odd")
  }

  @Test("A file that is not at hand is not quoted")
  func otherFile() {
    #expect(
      Diagnostic("odd", at: SourceLocation(file: "g", line: 7, column: 2), help: "do")
        .rendered(quoting: [SourceText(file: "f", text: "x")]) == "g:7:2: error: odd\n   help: do")
  }

  @Test("A tab before the place stays a tab below it")
  func tab() {
    #expect(
      rendered("\ta:\tb", column: 5, help: "do")
        == "f:1:5: error: wrong\n    1 | \ta:\tb\n      | \t  \t^ do")
  }

  @Test("Wide, joined and combining characters leave the caret below the place")
  func unicode() {
    #expect(
      rendered("日本: x", column: 5) == "f:1:5: error: wrong\n    1 | 日本: x\n      |       ^")
    #expect(
      rendered("e\u{301}: x", column: 5)
        == "f:1:5: error: wrong\n    1 | e\u{301}: x\n      |    ^")
    #expect(
      rendered("a\u{200B}: x", column: 5)
        == "f:1:5: error: wrong\n    1 | a\u{200B}: x\n      |    ^")
    // Three scalars that make one character of two columns.
    #expect(
      rendered("👩‍💻: x", column: 6) == "f:1:6: error: wrong\n    1 | 👩‍💻: x\n      |     ^")
    #expect(
      rendered("a: 日本", column: 4, width: 2)
        == "f:1:4: error: wrong\n    1 | a: 日本\n      |    ^^^^")
  }

  @Test("The underline ends with the line")
  func underline() {
    #expect(
      rendered("a: bc", column: 4, width: 90) == "f:1:4: error: wrong\n    1 | a: bc\n      |    ^^"
    )
    #expect(rendered("ab", column: 9) == "f:1:9: error: wrong\n    1 | ab\n      |   ^")
  }

  @Test("Of a long line the part around the place is shown")
  func longLine() {
    let line = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
    let text = rendered(line, column: 501)
    let excerpt =
      "…" + String(repeating: "a", count: 80) + "X" + String(repeating: "b", count: 79) + "…"
    #expect(
      text == "f:1:501: error: wrong\n    1 | \(excerpt)\n      | "
        + String(repeating: " ", count: 81) + "^")
    #expect(rendered(line, column: 3).split(separator: "\n")[1].count == 8 + 160 + 1)
  }

  @Test("What a terminal would obey is not passed on to it")
  func controls() {
    #expect(
      rendered("a\u{1B}[31m\u{9B}\u{202E}b", column: 1)
        == "f:1:1: error: wrong\n    1 | a�[31m��b\n      | ^")
    #expect("a\u{1B}\n\"\u{202E}\u{7F}é".quoted == #""a\u001b\n\"\u{202e}\u{7f}é""#)
  }

  @Test("A long value is shortened, and names are put in a row")
  func words() {
    #expect(String(repeating: "x", count: 60).quoted.count == 62)
    #expect(String(repeating: "x", count: 61).quoted == "\"\(String(repeating: "x", count: 60))…\"")
    #expect(["a"].joined(last: "and") == "a")
    #expect(["a", "b"].joined(last: "and") == "a and b")
    #expect(["a", "b", "c"].joined(last: "or") == "a, b or c")
    #expect([String]().joined(last: "and") == "")
  }

  @Test("A list of faults ends with one that says there are more")
  func limit() {
    var list = DiagnosticList()
    var worded = 0
    for line in 1...500 {
      let place = SourceLocation(file: "f", line: line, column: 1)
      list.add(at: place) {
        worded += 1
        return Diagnostic("wrong", at: place)
      }
    }
    #expect(list.diagnostics.count == 101)
    #expect(worded == 100)
    #expect(
      list.diagnostics.last
        == Diagnostic(
          "the file has more faults than the 100 told here",
          at: SourceLocation(file: "f", line: 101, column: 1)))
  }

  @Test("A hidden stretch takes the rest of its line with it")
  func hidden() {
    let source = SourceText(file: "f", text: "key: s3cr3t, x: 1\nb: 2").hiding([
      SourceLocation(file: "f", line: 1, column: 17), SourceLocation(file: "f", line: 1, column: 6),
      SourceLocation(file: "f", line: 9, column: 1),
    ])
    #expect(source.line(1) == "key: ‹secret›")
    #expect(source.line(2) == "b: 2")
    #expect(source.line(3) == nil)
  }
}
