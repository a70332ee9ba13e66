import Checklist
import Core
import Testing

@Suite("A file that is no checklist")
struct FileFaultTests {
  @Test(
    "An empty file is refused, and so is one of comments only", arguments: ["", " \n", "# x\n"])
  func empty(text: String) {
    let result = read(text)
    #expect(result.checklist == nil)
    #expect(result.diagnostics.map(\.message) == ["the file is empty"])
  }

  @Test("The fault of an empty file has a place that editors jump to")
  func emptyIsRendered() {
    #expect(faults(of: "") == "list.yaml:1:1: error: the file is empty\n    1 | \n      | ^")
  }

  @Test("A file of ten million bytes is refused by its size alone")
  func tooLarge() {
    #expect(
      faults(of: [UInt8](repeating: 0x61, count: 10_000_000))
        == "list.yaml:1:1: error: the file has more than the 1048576 bytes allowed")
  }

  @Test("A binary file is refused without being quoted")
  func binary() {
    #expect(
      faults(of: Array("version: 1\na\u{0}b".utf8))
        == "list.yaml:2:2: error: the file is binary: it holds a zero byte")
  }

  @Test("A file that is not UTF-8 is refused at the first wrong byte")
  func invalidText() {
    #expect(
      faults(of: Array("version: 1\nname: é".utf8) + [0xE9, 0x0A])
        == "list.yaml:2:8: error: the file is not UTF-8: byte 0xE9 at offset 19")
  }

  @Test("A list or a word is no checklist")
  func wrongRoot() {
    #expect(
      faults(of: "- a\n") == """
        list.yaml:1:1: error: a checklist must be a mapping, not a list
            1 | - a
              | ^
        """)
    #expect(
      faults(of: "hello") == """
        list.yaml:1:1: error: a checklist must be a mapping, not a single value
            1 | hello
              | ^^^^^
        """)
  }

  @Test("Text that breaks YAML's syntax is told with its place and what would mend it")
  func syntax() {
    #expect(
      faults(of: "version: 1\nchecks:\n  - id: a\n  secret: X\n") == """
        list.yaml:4:3: error: this is not YAML: did not find expected '-' indicator
            4 |   secret: X
              |   ^ indent this line as the lines beside it
        list.yaml:3:3: note: while parsing a block collection
            3 |   - id: a
              |   ^
        """)
  }

  @Test("Faults of the YAML and of the language are told together, in the order of the file")
  func together() {
    #expect(
      faults(of: "version: !!int 1\nchekcs: []\nversion: 1\nchecks:\n  - { id: a, secret: X }\n")
        == """
        list.yaml:1:10: error: tags are not part of the language
            1 | version: !!int 1
              |          ^^^^^^^
        list.yaml:2:1: error: unknown name "chekcs" in a checklist
            2 | chekcs: []
              | ^^^^^^ did you mean `checks`?
        list.yaml:3:1: error: "version" stands twice
            3 | version: 1
              | ^^^^^^^
        list.yaml:1:1: note: the first one
            1 | version: !!int 1
              | ^^^^^^^
        """)
  }

  @Test("Version and checks must be there")
  func missingParts() {
    #expect(
      faults(of: "name: x\n") == """
        list.yaml:1:1: error: a checklist lacks `version`
            1 | name: x
              | ^ for example `version: 1`
        list.yaml:1:1: error: a checklist lacks `checks`
            1 | name: x
              | ^ a checklist that checks nothing would pass for a proof
        """)
  }

  @Test("An empty list of checks is a fault: it would pass for a proof")
  func noChecks() {
    #expect(
      faults(of: "version: 1\nchecks: []\n") == """
        list.yaml:2:9: error: `checks` is an empty list
            2 | checks: []
              |         ^
        """)
  }

  @Test("A newer version is refused, and nothing else of the file is judged")
  func newerVersion() {
    #expect(
      faults(of: "version: 2\nchekcs: []\n") == """
        list.yaml:1:10: error: version 2 of the language is newer than this preflight, which reads \
        version 1
            1 | version: 2
              |          ^ install a newer preflight
        """)
  }

  @Test("A version that is none is a fault of its own")
  func wrongVersion() {
    #expect(
      faults(of: "version: \"1\"\nchecks:\n  - { id: a, secret: X }\n") == """
        list.yaml:1:10: error: `version` must be 1, not the quoted text "1"
            1 | version: "1"
              |          ^^^ write it without quotes
        """)
    #expect(
      read("version: 0\nchecks: x\n").diagnostics.map(\.message) == [
        "`version` must be 1, not \"0\"", "`checks` must be a list, not a single value",
      ])
  }
}
