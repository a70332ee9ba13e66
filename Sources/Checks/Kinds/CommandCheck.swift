package import Checklist
package import Core
package import Gate

/// Whether a program of the author's own ends as it should.
package struct CommandCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "command", .list(.text, atLeast: 1),
      "A program and its arguments, each an item; no shell reads them.",
      example: "[supabase, migration, list]"),
    summary: "A program ends as it should, and says what it should.",
    settings: [
      Field("exit", .whole(0...255), "The exit status.", example: "0", defaultText: "0"),
      Field(
        "stdout",
        .record([
          Field(
            "matches", .oneOrMany(.text),
            "Regular expressions, each of which standard output matches.",
            example: "'^2 passed'"),
          Field(
            "equals", .text, "All of standard output, but for the line breaks at its end.",
            example: "ready"),
        ]), "What it writes to standard output.", example: "{ equals: ready }"),
    ],
    passesWhen: """
      The program ends with the status `exit`, and its standard output is as `stdout` says. It works \
      in the folder that preflight was called in, with preflight's environment as it is, the variables \
      of env files and the secrets of `NAME_FILE` added; its standard input is empty, and it has no terminal.
      """,
    cannotTellWhen: """
      `--allow-commands` is not given; the program is not there or cannot be started; it takes longer \
      than the timeout, at which its whole process group is killed; or it writes more than 64 KiB \
      where `stdout` is to be judged.
      """,
    needs: "The option `--allow-commands`, since a command may do anything.",
    failures: [
      .init(
        when: "it ends with another status, or by a signal",
        mending:
          "Run it by hand: the finding holds the command, and the first line of what it said."
      ),
      .init(
        when: "standard output is not as expected",
        mending: "Run it by hand, and mend what it reports, or correct `stdout`."),
    ])

  private let words: [String]
  private let status: Int
  private let patterns: [TextPattern]
  private let text: String?

  package init(_ settings: Settings) throws(Diagnostic) {
    words = settings.texts("command")
    status = settings.whole("exit")
    let output = settings.optionalRecord("stdout")
    patterns = try output?.patterns("matches") ?? []
    text = output?.optionalText("equals")
    if output != nil, patterns.isEmpty, text == nil {
      throw Diagnostic(
        "`stdout` without `matches` or `equals` asks nothing",
        at: settings["stdout"]?.location ?? settings.location, help: "add `matches: 'PATTERN'`")
    }
  }

  package var services: [String] { [] }

  package var usualTimeout: Duration { .seconds(60) }

  private var line: String { words.map(shellQuoted).joined(separator: " ") }

  package func questions(in services: Services) -> [Question] {
    [Question(.here("how `\(line)` ends"), condition: "with --allow-commands")]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    guard services.allowsCommands else {
      return .cannotTell(
        "`\(line)` was not run: commands are run with --allow-commands only", expected: expected,
        observed: "no --allow-commands", fix: "preflight check --allow-commands")
    }
    let run: CommandRun
    do throws(CommandRun.Fault) {
      run = try await CommandRun.of(words, services.variables.values, in: services.directory)
    } catch {
      guard error != .cancelled else { return .cannotTell(error.message) }
      return .cannotTell(
        error.message, expected: expected, observed: error.message,
        fix: "command -v \(shellQuoted(words[0]))")
    }
    let found = await BlockingWork.run { judged(run, services.redactor) }
    return found ?? .cannotTell(CommandRun.Fault.cancelled.message)
  }

  private var expected: String {
    (["exit status \(status)"] + patterns.map { "standard output that matches \($0.shown)" }
      + (text.map { ["\($0.quoted) on standard output"] } ?? [])).joined(separator: "; ")
  }

  private func judged(_ run: CommandRun, _ redactor: Redactor) -> Finding {
    let output = String(decoding: run.output.bytes, as: UTF8.self)
    let said = String(decoding: run.error.bytes, as: UTF8.self)
    let evidence: [String: Evidence] =
      if case .exited(let status) = run.end { ["exit": .number(Double(status))] } else { [:] }
    var observed: [String] = []
    if run.end != .exited(status) {
      let gist = said.gist(redactor) ?? output.gist(redactor)
      observed.append(run.end.text + (gist.map { ": \($0)" } ?? ""))
    } else if run.output.isCut, !patterns.isEmpty || text != nil {
      return .cannotTell(
        "`\(line)` wrote more than \(CommandRun.streamLimit / 1_024) KiB to standard output",
        expected: expected,
        observed: "more than \(CommandRun.streamLimit / 1_024) KiB on standard output", fix: line,
        evidence: evidence)
    } else {
      let shown = output.gist(redactor).map { ": \($0)" } ?? ", which is empty"
      observed += patterns.filter { $0.ranges(in: output, atMost: 1).isEmpty }.map {
        "nothing matches \($0.shown) on standard output\(shown)"
      }
      if let text, output.withoutLastBreaks != text.withoutLastBreaks {
        observed.append("something else on standard output\(shown)")
      }
    }
    guard !observed.isEmpty else {
      return .pass("`\(line)` ends as expected", evidence: evidence)
    }
    let all = observed.joined(separator: "; ")
    return .fail(
      "`\(line)`: \(all)", expected: expected, observed: all, fix: line, evidence: evidence)
  }
}

extension CommandRun.End {
  fileprivate var text: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signaled(let signal): "ended by the signal \(signal)"
    }
  }
}

extension String {
  fileprivate var withoutLastBreaks: Substring {
    var text = self[...]
    while text.last?.isNewline == true { text = text.dropLast() }
    return text
  }
}
