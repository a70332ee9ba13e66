import Checklist
import Core
import Testing

@Suite("A text with variables in it")
struct TemplateTests {
  @Test("Variables, defaults and the text around them are told apart")
  func parts() throws {
    let template = try Template(reading: "${APP_URL:-http://[::1]:80}/x?key=${KEY}&again=${KEY}")
    #expect(
      template.parts == [
        .variable("APP_URL", default: "http://[::1]:80"), .literal("/x?key="),
        .variable("KEY", default: nil), .literal("&again="), .variable("KEY", default: nil),
      ])
    #expect(template.variables == ["APP_URL", "KEY"])
  }

  @Test(
    "Only a dollar sign with a brace is special",
    arguments: ["$embedding", "$$body$$", "cost $5", "^[a-z]{2}$", "}{", "$", "{$}"])
  func literal(text: String) throws {
    let template = try Template(reading: text)
    #expect(template.parts == [.literal(text)])
    #expect(try template.filled(from: Variables([:])) == text)
  }

  @Test(
    "A variable that cannot be read is a fault",
    arguments: [
      ("${", Template.Fault.unclosed), ("a${B", .unclosed), ("${}", .badName("")),
      ("${ A}", .badName(" A")), ("${A-b}", .badName("A-b")), ("${1A}", .badName("1A")),
      ("${É}", .badName("É")), ("${A:-${B}}", .nested), ("${:-x}", .badName("")),
    ])
  func faults(text: String, fault: Template.Fault) {
    #expect(throws: fault) { try Template(reading: text) }
  }

  @Test("A combining mark does not hide a variable")
  func combiningMark() throws {
    #expect(try Template(reading: "${A}\u{301}").variables == ["A"])
    #expect(throws: Template.Fault.badName("\u{301}A")) { try Template(reading: "${\u{301}A}") }
  }

  @Test("What a variable holds is not read for variables again")
  func filledOnce() throws {
    let template = try Template(reading: "${A} ${B:-b}")
    #expect(try template.filled(from: Variables(["A": "${B}", "B": ""])) == "${B} b")
  }

  @Test("A variable without value or default is named, empty or not set at all")
  func unset() throws {
    let template = try Template(reading: "x${A}")
    #expect(throws: UnsetVariable(name: "A", .unset)) {
      try template.filled(from: Variables([:]))
    }
    #expect(throws: UnsetVariable(name: "A", .empty)) {
      try template.filled(from: Variables(["A": ""]))
    }
  }

  @Test("An empty default is a value like any other")
  func emptyDefault() throws {
    #expect(try Template(reading: "a${A:-}b").filled(from: Variables([:])) == "ab")
  }

  @Test("Variables do not print what they hold")
  func hidden() {
    let variables = Variables(["KEY": "s3cr3t-value"])
    var dumped = ""
    dump(variables, to: &dumped)
    #expect("\(variables)" == "1 variables")
    #expect(!dumped.contains("s3cr3t"))
    #expect(!String(reflecting: variables).contains("s3cr3t"))
  }
}
