import Checklist
import Core
import Testing

@Suite("An env file") struct EnvFileTests {
  private func read(_ text: String) -> EnvFile {
    EnvFile.read(path: ".env", bytes: Array(text.utf8))
  }

  @Test(
    "gives a variable for each line",
    arguments: [
      ("A=b", "b"), ("A=", ""), ("A=  # nothing", ""), ("A=#c", ""), ("export A=b", "b"),
      ("export\tA=b", "b"), ("  A=b  ", "b"), ("A=b c # d", "b c"), ("A=b#c", "b#c"),
      ("A=postgres://u:p$w@h/d?x=1", "postgres://u:p$w@h/d?x=1"), ("A=ä${B}", "ä${B}"),
      ("A='b \"c\" \\n #d'", "b \"c\" \\n #d"),
      ("A=\"b\\n\\r\\t\\\\\\\"\\$c'\" # d", "b\n\r\t\\\"$c'"),
      ("A=''", ""), ("A=b\r\n", "b"), ("\u{FEFF}A=b", "b"), ("# c\n\n \t\nA=b\n", "b"),
    ])
  func values(line: String, value: String) {
    #expect(read(line) == EnvFile(variables: ["A": value], diagnostics: []))
  }

  @Test("takes a variable by the name of export for one")
  func export() {
    #expect(
      read("export=b\nexport export=c").diagnostics.map(\.message) == [
        "export is set twice in this file"
      ])
    #expect(read("export=b\nexporter=c").variables == ["export": "b", "exporter": "c"])
  }

  @Test(
    "with a fault says where, and never what",
    arguments: [
      ("sk-hunter2", "1:1", "this line is no `NAME=value`"),
      ("A=b\n  sk-hunter2=1", "2:3", "this line is no `NAME=value`"),
      ("=hunter2", "1:1", "this line is no `NAME=value`"),
      ("2A=hunter2", "1:1", "this line is no `NAME=value`"),
      ("export", "1:1", "this line is no `NAME=value`"),
      ("A =hunter2", "1:2", "no `=` stands right behind the name"),
      ("A= hunter2", "1:3", "a space stands behind the `=`"),
      ("A='hunter2", "1:3", "the quote is not closed on its line"),
      ("A=\"hunter2\\\"", "1:3", "the quote is not closed on its line"),
      ("A='hunter2'x", "1:12", "more stands behind the closing quote"),
      ("A='hunter2'#x", "1:12", "more stands behind the closing quote"),
      ("A=\"hunter2\\x\"", "1:11", "this backslash escapes nothing that is known"),
      (
        "A={\"hunter2\":1}", "1:4",
        "quotes and backslashes do not stand in a bare value, where shells and other readers differ "
          + "on them"
      ),
      (
        "A=hunter2\\n", "1:10",
        "quotes and backslashes do not stand in a bare value, where shells and other readers differ "
          + "on them"
      ),
      ("A=hunter2\0", "1:10", "the file is binary: it holds a zero byte"),
    ])
  func faults(text: String, place: String, message: String) throws {
    let diagnostics = read(text).diagnostics
    #expect(diagnostics.map(\.message) == [message])
    let fault = try #require(diagnostics.first)
    #expect(fault.location.map { "\($0)" } == ".env:\(place)")
    #expect(!fault.rendered(quoting: []).contains("hunter2"))
  }

  @Test("tells all its faults, and where a name stood first")
  func manyFaults() {
    let file = read("A=1\nB='\nA=2\n- c\n")
    #expect(
      file.diagnostics.map { $0.rendered(quoting: []) } == [
        """
        .env:2:3: error: the quote is not closed on its line
           help: write a line break inside double quotes as \\n
        """,
        """
        .env:3:1: error: A is set twice in this file
        .env:1:1: note: it is set here first
        """,
        """
        .env:4:1: error: this line is no `NAME=value`
           help: a name has letters, digits and `_`, and does not begin with a digit
        """,
      ])
  }

  @Test("has at most so many faults, and so many bytes")
  func bounds() {
    let faulty = read(String(repeating: "-\n", count: 1_000)).diagnostics
    #expect(faulty.count == Limit.diagnostics)
    let large = EnvFile.read(
      path: ".env", bytes: [UInt8](repeating: UInt8(ascii: "\n"), count: Limit.checklistBytes + 1))
    #expect(
      large.diagnostics.map(\.message) == ["the file has more than the 1048576 bytes allowed"])
  }

  @Test("that comes later wins")
  func later() {
    let both = read("A=1\nB=1\n").followed(by: read("B=2\nC=2\n-\n"))
    #expect(both.variables == ["A": "1", "B": "2", "C": "2"])
    #expect(both.diagnostics.count == 1)
  }
}
