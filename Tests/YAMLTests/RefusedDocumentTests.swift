import Core
import Testing
import YAML

@Suite("A document that is refused")
struct RefusedDocumentTests {
  private func faults(of text: String) -> String { faults(of: Array(text.utf8)) }

  private func faults(of bytes: [UInt8]) -> String {
    let document = YAMLDocument.parse(bytes, file: "f.yaml")
    let sources = document.source.map { [$0] } ?? []
    return document.diagnostics.map { $0.rendered(quoting: sources) }.joined(separator: "\n")
  }

  @Test("A bomb of aliases is refused before anything expands")
  func aliasBomb() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    // `a1` costs 9, `a2` 9 times 10 more; the first alias of `a2` would bring 91 to those 99.
    #expect(
      faults(of: text) == """
        f.yaml:4:10: error: aliases are expanded more than 100 times
            4 | a3: &a3 [*a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2]
              |          ^^^
        """)
  }

  @Test("Aliases may not repeat more values than a document may hold")
  func largeRepetition() {
    let items = Array(repeating: "x", count: 2_000).joined(separator: ",")
    let aliases = Array(repeating: "*a", count: 60).joined(separator: ",")
    let document = YAMLDocument.parse(Array("- &a [\(items)]\n- [\(aliases)]\n".utf8), file: "f")
    #expect(document.root == nil)
    #expect(document.diagnostics.map(\.message) == ["the file holds more than 100000 values"])
  }

  @Test("Aliases may not nest values deeper than a document may", arguments: [18, 19])
  func deepRepetition(levels: Int) {
    func nested(_ levels: Int, _ inner: String) -> String {
      String(repeating: "[", count: levels) + inner + String(repeating: "]", count: levels)
    }
    // The root is a level; 18, 24 and 20 lists and the innermost value make 64.
    let text = """
      a: &a \(nested(20, "x"))
      b: &b \(nested(24, "*a"))
      c: \(nested(levels, "*b"))

      """
    let document = YAMLDocument.parse(Array(text.utf8), file: "f")
    #expect(
      document.diagnostics.map(\.message)
        == (levels == 18 ? [] : ["values are nested more than 64 levels deep"]))
  }

  @Test("An alias of its own anchor is refused, for the anchor is not complete")
  func selfReference() {
    #expect(
      faults(of: "a: &x [*x]\n") == """
        f.yaml:1:8: error: no anchor "x" stands before this alias
            1 | a: &x [*x]
              |        ^^
        """)
  }

  @Test("Tags, names that are no texts, repeated names and a second document are told together")
  func together() {
    #expect(
      faults(of: "a: !!str 1\n? [b]\n: 2\na: 3\n---\nc: 4\n") == """
        f.yaml:1:4: error: tags are not part of the language
            1 | a: !!str 1
              |    ^^^^^^^
        f.yaml:2:3: error: a name must be a text, not a list or a mapping
            2 | ? [b]
              |   ^
        f.yaml:4:1: error: "a" stands twice
            4 | a: 3
              | ^
        f.yaml:1:1: note: the first one
            1 | a: !!str 1
              | ^
        f.yaml:5:1: error: a second document begins here; a checklist is one
            5 | ---
              | ^^^
        """)
  }

  @Test(
    "What breaks the syntax is told with libyaml's reason and what usually mends it",
    arguments: [
      ("a:\n\t- b\n", "2:1", "put the text in quotes; indent with spaces, not tabs"),
      ("a: b: c\n", "1:5", colonHelp), ("a: \"b\nc: d\n", "3:1", "a quote is not closed"),
      ("a: [b\nc: d\n", "2:2", nil),
      ("a: @b\n", "1:4", "put the text in quotes; indent with spaces, not tabs"),
      ("a: *\n", "1:5", nil), ("a: 1\n b: 2\n", "2:3", colonHelp),
    ])
  func syntax(text: String, place: String, help: String?) throws {
    let document = YAMLDocument.parse(Array(text.utf8), file: "f")
    #expect(document.root == nil)
    let fault = try #require(document.diagnostics.first)
    #expect(fault.message.hasPrefix("this is not YAML: "))
    #expect(fault.location?.description == "f:\(place)")
    #expect(fault.help == help)
  }

  private static let colonHelp =
    "put a text that holds `: ` in quotes, or indent this line as the lines beside it"

  @Test("Bytes that are no text are refused, and not quoted")
  func bytes() {
    #expect(
      faults(of: [0xFF, 0xFE, 0x61, 0x00])
        == "f.yaml:1:1: error: the file is UTF-16; write it as UTF-8")
    #expect(
      faults(of: Array("a: é\u{1B}[31m".utf8))
        == "f.yaml:1:5: error: the file holds the control character U+001B")
    #expect(
      faults(of: Array("a: b\nc".utf8) + [0xC3])
        == "f.yaml:2:2: error: the file is not UTF-8: byte 0xC3 at offset 6")
    #expect(
      faults(of: Array("é".utf8) + [0xED, 0xA0, 0x80])
        == "f.yaml:1:2: error: the file is not UTF-8: byte 0xED at offset 2")
  }

  @Test("A character that YAML forbids is told where it stands")
  func forbiddenCharacter() {
    #expect(
      faults(of: "a: 1\nb: é\u{9B}x\n") == """
        f.yaml:2:5: error: this is not YAML: control characters are not allowed
            2 | b: é�x
              |     ^
        """)
  }

  @Test("A file of the largest size is read, and one byte more is refused", arguments: [0, 1])
  func size(excess: Int) {
    let text = "a: \"" + String(repeating: "x", count: 1_048_576 - 5 + excess) + "\""
    let document = YAMLDocument.parse(Array(text.utf8), file: "f")
    #expect(
      document.diagnostics.map(\.message)
        == (excess == 0 ? [] : ["the file has more than the 1048576 bytes allowed"]))
  }
}
