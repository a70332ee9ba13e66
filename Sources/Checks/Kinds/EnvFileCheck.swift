package import Checklist
package import Core
package import Gate

/// Whether every variable that an example file names is set.
package struct EnvFileCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "env_file", .text, "The file that names the variables, with values or without.",
      example: ".env.example"),
    summary: "Every variable that an example file names is set.",
    settings: [
      Field(
        "except", .oneOrMany(.text), "Variables that may be missing.", example: "[SENTRY_DSN]")
    ],
    passesWhen: """
      Each variable that the file sets, be it to nothing, is set and not empty in the environment or \
      in a file of `--env-file`. What stands in a comment is not asked for.
      """,
    cannotTellWhen: """
      The file cannot be read, has a line that readers of such files would take in different ways, or \
      names no variable beyond those of `except`.
      """,
    needs: "Read access to the file.",
    failures: [
      .init(
        when: "a variable is not set, or set to nothing",
        mending: """
          Set it, in the CI's secrets or an env file; correct its name where a near one is set; or \
          name it under `except`.
          """)
    ])

  private let path: String
  private let exceptions: Set<String>

  package init(_ settings: Settings) throws(Diagnostic) {
    path = settings.text("env_file")
    exceptions = Set(settings.texts("except"))
  }

  package var services: [String] { [] }

  package func questions(in services: Services) -> [Question] {
    [
      Question(
        .here("the variables that \(path) names, of the environment or an env file"))
    ]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let place = path.hasPrefix("/") ? path : "\(services.directory)/\(path)"
    let content = await BlockingWork.run { () -> Result<[UInt8], FileSearch.Fault> in
      Result { () throws(FileSearch.Fault) in
        try FileSearch.content(of: place, shown: path, followsLink: true)
      }
    }
    switch content {
    case nil: return .cannotTell("interrupted before it had an answer")
    case .failure(let fault)?:
      return .cannotTell(
        fault.message, expected: expected, observed: fault.message,
        fix: "ls -l \(shellQuoted(path))   # then correct `env_file`")
    case .success(let bytes)?:
      return judged(EnvFile.read(path: path, bytes: bytes), services.variables.values)
    }
  }

  private var expected: String {
    "a value for each variable of \(path)"
      + (exceptions.isEmpty ? "" : " but \(exceptions.sorted().joined(last: "and"))")
  }

  private func judged(_ example: EnvFile, _ environment: [String: String]) -> Finding {
    if let fault = example.diagnostics.first {
      let place = fault.location.map { "\($0): " } ?? ""
      let more = example.diagnostics.count - 1
      let text =
        place + fault.message
        + (more > 0 ? ", and \(more.counted("more fault", plural: "more faults"))" : "")
      return .cannotTell(
        text, expected: expected, observed: text,
        fix: "${EDITOR:-vi} +\(fault.location?.line ?? 1) \(shellQuoted(path))"
          + (fault.help.map { "   # \($0)" } ?? ""))
    }
    let names = example.variables.keys.filter { !exceptions.contains($0) }.sorted()
    guard !names.isEmpty else {
      let text = "\(path) names no variable" + (example.variables.isEmpty ? "" : " beyond `except`")
      return .cannotTell(
        text, expected: expected, observed: text, fix: "${EDITOR:-vi} \(shellQuoted(path))")
    }
    let lacking = names.filter { environment[$0]?.isEmpty != false }
    guard !lacking.isEmpty else {
      return .pass(
        "\(names.count.counted("variable")) of \(path) \(names.count == 1 ? "is" : "are") set")
    }
    let others = environment.filter { !$0.value.isEmpty && example.variables[$0.key] == nil }.keys
    let observed = lacking.map { name in
      "\(name) is " + (environment[name] == nil ? "not set" : "set, but empty")
        + (others.nearest(to: name).map { " (\($0) is set; did you mean that?)" } ?? "")
    }.joined(separator: "; ")
    return .fail(
      observed, expected: expected, observed: observed,
      fix: lacking.map { "export \($0)='…'" }.joined(separator: "\n"),
      evidence: ["missing": .list(lacking)])
  }
}
