import Reports
import Testing

@Suite struct `The style` {
  @Test(arguments: [
    (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8"], true), (["LANG": "C"], false),
    ([:], false),
    (["LC_ALL": "C", "LANG": "C.UTF-8"], false), (["LC_ALL": "", "LC_CTYPE": "C.UTF-8"], true),
  ])
  func `takes the locale's word for Unicode`(environment: [String: String], shows: Bool) {
    #expect(Style.showsUnicode(in: environment) == shows)
  }

  @Test(arguments: [
    (ColorChoice.auto, [:], true, true), (.auto, [:], false, false),
    (.auto, ["NO_COLOR": "1"], true, false), (.auto, ["NO_COLOR": ""], true, true),
    (.auto, ["TERM": "dumb"], true, false), (.always, ["NO_COLOR": "1"], false, true),
    (.never, [:], true, false),
  ])
  func `colours by the person's word, then NO_COLOR, then the terminal`(
    choice: ColorChoice, environment: [String: String], isTerminal: Bool, isColored: Bool
  ) {
    #expect(choice.isColored(environment: environment, isTerminal: isTerminal) == isColored)
  }

  @Test func `does not go below a width that can be read`() {
    #expect(Style(width: 3).width == Style.narrowest)
  }

  @Test func `differs in nothing but escapes where it is coloured`() {
    let plain = Sample.postmortem.rendered(as: .text, style: Style())
    let colored = Sample.postmortem.rendered(as: .text, style: Style(isColored: true))
    #expect(colored != plain)
    #expect(colored.replacing(#/\u{1b}\[[0-9]+m/#, with: "") == plain)
  }

  @Test func `paints the verdict and the marks`() {
    let colored = Sample.undecided.rendered(as: .text, style: Style(isColored: true))
    #expect(colored.contains("\n\u{1b}[35m?\u{1b}[0m \u{1b}[1mservice.database\u{1b}[0m   "))
    #expect(colored.contains("\n\u{1b}[35mUNDECIDED\u{1b}[0m: 2 blocking"))
    let healthy = Sample.healthy.rendered(as: .text, style: Style(isColored: true))
    #expect(healthy.contains("\n\u{1b}[32m✓\u{1b}[0m service.database  "))
    #expect(healthy.contains("\n\u{1b}[32mGO\u{1b}[0m: 3 blocking checks passed."))
  }
}
