internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import Reports

/// Says what a kind or a check asks, and what its answers mean, without asking anybody.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a check asks, which SQL and HTTP it sends, and how to mend its failures.")

  @Argument(
    help: """
      A kind of check or service, or the id of a check; where a checklist is named, its ids are \
      looked at first. All kinds are listed where there is none.
      """)
  var subject: String?

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions

  @Flag(help: "Write Markdown; without a subject, the reference page of all kinds.")
  var markdown = false

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  func run() throws {
    guard let subject else {
      let explanations = Explanation.ofAllKinds
      let text = text(ProcessEnvironment.read())
      Output().report(
        markdown ? text.reference(of: explanations) : text.list(of: explanations))
      return
    }
    // A checklist that is named is there for its ids, one of which may be called as a kind is.
    guard file.checklist == nil, let explanation = Explanation.ofKind(subject) else {
      return try explainCheck(subject)
    }
    Output().report(text(ProcessEnvironment.read()).document(of: explanation))
  }

  private func explainCheck(_ id: String) throws {
    guard file.checklist != nil || ChecklistFile.isThere else {
      let output = Output()
      output.hide(KnownSecrets(of: ProcessEnvironment.read()))
      output.note(UnknownSubject(name: id, checklist: nil).message + "\n")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
    let session = try Session(reading: file, variables)
    let explanation =
      Explanation.ofCheck(id, in: session.checklist, with: session.services)
      ?? Explanation.ofKind(id)
    guard let explanation else {
      session.output.note(UnknownSubject(name: id, checklist: session.checklist).message + "\n")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
    session.output.report(
      text(session.environment, redactor: session.redactor).document(of: explanation))
  }

  private func text(
    _ environment: [String: String], redactor: Redactor = Redactor([])
  ) -> ExplanationText {
    guard !markdown else { return ExplanationText(.markdown, redactor: redactor) }
    let style = Style(
      isColored: color.isColored(
        environment: environment, isTerminal: Terminal.output.isTerminal),
      isUnicode: Style.showsUnicode(in: environment),
      width: Terminal.output.width(environment: environment))
    return ExplanationText(.text(style), redactor: redactor)
  }
}

/// A name that neither a kind nor anything in the checklist bears.
private struct UnknownSubject {
  let name: String
  /// Nil where none was named and none lies at its usual place.
  let checklist: Checklist?

  var message: String {
    let kinds = allKindDeclarations.map(\.name) + ServiceKind.allCases.map(\.rawValue)
    let ids =
      checklist.map { checklist in
        checklist.services.map(\.checkID) + checklist.checks.map(\.id)
      } ?? []
    let place = checklist.map { ", and nothing in \($0.path)," } ?? ""
    let near = ids.first { $0 == "service.\(name)" } ?? (ids + kinds).nearest(to: name)
    let hint =
      near.map { "did you mean \($0)?" }
      ?? [
        "kinds are \(kinds.joined(separator: ", "))",
        ids.isEmpty ? nil : "ids are \(ids.joined(separator: ", "))",
        checklist == nil ? "for the id of a check, name its checklist" : nil,
      ].compactMap(\.self).joined(separator: "; ")
    return "no kind\(place) is called \(name.quoted); \(hint)"
  }
}
