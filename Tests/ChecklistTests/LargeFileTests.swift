import Checklist
import Core
import Testing

@Suite("Large and hostile files", .timeLimit(.minutes(5)))
struct LargeFileTests {
  /// Far above what is measured, also on a busy machine: only work that grows with the square of
  /// the file takes this long.
  private let patience = Duration.seconds(30)

  @Test("Two thousand checks are read at once")
  func manyChecks() {
    let checks = (0..<2_000).map { number in
      """
        - id: check.\(number)
          dimension: [issues.embedding, "${TABLE:-pulls}.embedding"]
          dimensions: ${DIMS:-384}
          needs: [check.\(number == 0 ? 1_999 : number - 1), service.database]
          severity: warn
      """
    }
    let text = file(checks: checks.joined(separator: "\n"))
      .replacing("check.1999, ", with: "")
    let clock = ContinuousClock()
    var result: ReadChecklist?
    let time = clock.measure { result = read(text) }
    #expect(result?.diagnostics == [])
    #expect(result?.checklist?.checks.count == 2_000)
    #expect(time < patience, "took \(time)")
  }

  @Test("Faults past the hundredth are counted in, not told")
  func manyFaults() throws {
    let checks = (0..<15_000).map { "  - { id: a\($0), secrte: X }" }
    let clock = ContinuousClock()
    var result: ReadChecklist?
    let time = clock.measure { result = read(file(checks: checks.joined(separator: "\n"))) }
    let messages = try #require(result).diagnostics.map(\.message)
    #expect(messages.count == 101)
    #expect(messages.last == "the file has more faults than the 100 told here")
    #expect(time < patience, "took \(time)")
  }

  /// Each fills a mebibyte with one construct that a careless reader answers with endless work.
  enum Hostile: String, CaseIterable, CustomTestStringConvertible {
    case openBrackets = "["
    case openBraces = "{a: "
    case dashes = "- "
    case questions = "? "
    case quotes = "\""
    case anchors = "&a "
    case colons = "a: "
    case tags = "!a "
    case items = "- a\n"
    case names = "a: 1\n"
    case variables = "- ${A\n"
    case directives = "%YAML 1.2\n"
    case documents = "---\n"
    case comments = "#\n"
    case flowItems = "[a],"
    case tabs = "\t"

    var testDescription: String { String(describing: self) }

    var text: String { String(repeating: rawValue, count: 1_048_000 / rawValue.utf8.count) }
  }

  @Test("A mebibyte of one construct is refused in no time", arguments: Hostile.allCases)
  func hostile(construct: Hostile) {
    let clock = ContinuousClock()
    for text in [construct.text, "version: 1\nchecks: " + construct.text] {
      var result: ReadChecklist?
      let time = clock.measure { result = read(text) }
      #expect(result?.checklist == nil)
      #expect(result?.diagnostics.isEmpty == false)
      #expect(time < patience, "took \(time)")
    }
  }

  @Test("Thousands of literal secrets on one line are all hidden")
  func hiddenSecrets() throws {
    let services = (0..<5_000).map { "s\($0): {embeddings: u, model: m, api_key: s3cr3t}" }
    let text = "version: 1\nservices: {\(services.joined(separator: ", "))}\nchecks: x\n"
    #expect(!faults(of: text).contains("s3cr3t"))
  }

  @Test("Thousands of services and checks that leave them unnamed are read at once")
  func manyServices() {
    let services = (0..<4_000).map { "  s\($0): { postgres: \"${A}\" }" }
    let checks = (0..<4_000).map { "  - { id: c\($0), dimension: x.y, needs: zz\($0) }" }
    let text =
      "version: 1\nservices:\n" + services.joined(separator: "\n") + "\nchecks:\n"
      + checks.joined(separator: "\n")
    let clock = ContinuousClock()
    let time = clock.measure { #expect(read(text).diagnostics.count == 101) }
    #expect(time < patience, "took \(time)")
  }
}
