import Core
import Testing
import YAML

@Suite("Nodes of a document")
struct NodeTests {
  private func parse(_ text: String) -> YAMLDocument {
    YAMLDocument.parse(Array(text.utf8), file: "f.yaml")
  }

  private func entries(_ text: String) throws -> [Entry] {
    let document = parse(text)
    try #require(document.diagnostics == [])
    guard case .mapping(let entries)? = document.root?.content else {
      Issue.record("the root is no mapping")
      return []
    }
    return entries
  }

  @Test("Names and values know their line, column and width")
  func locations() throws {
    let entries = try entries("a: one\nlong name:   \"two\"\nc:\n  - x\n  - {y: z}\n")
    #expect(entries.map(\.name) == ["a", "long name", "c"])
    #expect(
      entries.map(\.location) == [
        SourceLocation(file: "f.yaml", line: 1, column: 1, width: 1),
        SourceLocation(file: "f.yaml", line: 2, column: 1, width: 9),
        SourceLocation(file: "f.yaml", line: 3, column: 1, width: 1),
      ])
    #expect(
      entries.map(\.value.location) == [
        SourceLocation(file: "f.yaml", line: 1, column: 4, width: 3),
        SourceLocation(file: "f.yaml", line: 2, column: 14, width: 5),
        SourceLocation(file: "f.yaml", line: 4, column: 3),
      ])
  }

  @Test("Columns count scalars, not bytes, and a byte order mark is none")
  func unicode() throws {
    let entries = try entries("\u{FEFF}\"größe 👩‍💻\": é\n")
    let first = try #require(entries.first)
    #expect(first.location == SourceLocation(file: "f.yaml", line: 1, column: 1, width: 11))
    #expect(first.value.location == SourceLocation(file: "f.yaml", line: 1, column: 14, width: 1))
  }

  @Test("Lines count as editors count them, whatever else YAML takes for a break")
  func lineBreaks() throws {
    let entries = try entries("a: \"x\u{2028}y\u{85}z\"\r\nb: 1\r\n")
    #expect(entries.last?.location == SourceLocation(file: "f.yaml", line: 2, column: 1))
  }

  @Test("A scalar tells whether it stands without quotes")
  func styles() throws {
    let entries = try entries("a: true\nb: 'true'\nc: \"true\"\nd: |\n  true\ne: >-\n  true\nf:\n")
    let scalars = entries.compactMap { entry -> Scalar? in
      if case .scalar(let scalar) = entry.value.content { scalar } else { nil }
    }
    #expect(scalars.map(\.text) == ["true", "true", "true", "true\n", "true", ""])
    #expect(scalars.map(\.isPlain) == [true, false, false, false, false, true])
  }

  @Test("An alias repeats the anchor's nodes with the places where they stand")
  func alias() throws {
    let entries = try entries("a: &x [1, 2]\nb: *x\n")
    #expect(entries.first?.value == entries.last?.value)
    #expect(entries.last?.value.location.line == 1)
  }

  @Test("Sixty-four levels are read, and one more is refused", arguments: [64, 65])
  func depth(levels: Int) {
    // The innermost value is a level too.
    let document = parse(
      String(repeating: "[", count: levels - 1) + "x" + String(repeating: "]", count: levels - 1))
    #expect(
      document.diagnostics.map(\.message)
        == (levels == 64 ? [] : ["values are nested more than 64 levels deep"]))
  }

  @Test("A hundred aliases are expanded, and one more is refused", arguments: [100, 101])
  func aliases(count: Int) {
    let document = parse(
      "a: &x 1\nb: [" + Array(repeating: "*x", count: count).joined(separator: ", ") + "]\n")
    #expect(
      document.diagnostics.map(\.message)
        == (count == 100 ? [] : ["aliases are expanded more than 100 times"]))
  }
}
