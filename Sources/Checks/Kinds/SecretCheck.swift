package import Checklist
package import Core
package import Gate
internal import Supabase

/// Whether a secret is set, looks like one, and is deployed with the same value.
package struct SecretCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "secret", .text, "The name of the variable that holds the secret.",
      example: "OPENAI_API_KEY"),
    summary: "A secret is set, is no placeholder, and is deployed.",
    settings: [
      Field("starts_with", .text, "What the value begins with.", example: "sk-"),
      Field(
        "matches", .text, "A regular expression for the whole value.",
        example: "'sk-[A-Za-z0-9_-]{20,}'"),
      Field("min_length", .whole(1...100_000), "The fewest characters.", example: "20"),
      Field(
        "from_file", .text, "A file that holds the secret alone, in place of the variable.",
        example: "/run/secrets/openai_api_key"),
      Field(
        "from_env_file", .text, "An env file that sets it, in place of the environment.",
        example: ".env.production"),
      Field(
        "stored_in", .service(kind: "supabase"),
        "The project that must hold the same value, compared by digest.", example: "edge"),
    ],
    passesWhen: """
      The variable is set; its value is not empty and no placeholder; it has no stray quote, space, \
      line break or `Bearer `; it is no key of another maker, role or purpose than its name tells, and \
      no JWT that has expired; `starts_with`, `matches` and `min_length` hold; and the project named \
      by `stored_in` holds the same value, by its SHA-256 digest.
      """,
    cannotTellWhen: """
      The project's secrets cannot be listed, the stored digest is not 64 hexadecimal digits, or the \
      file of `from_file` or `from_env_file` cannot be read.
      """,
    needs: "With `stored_in`, an access token that may list the project's secrets.",
    failures: [
      .init(
        when: "the variable is not set, or set to nothing",
        mending: """
          Set it: in the CI's secrets, in the environment, in an env file, or in the file of \
          `from_file`.
          """),
      .init(
        when: """
          the value is a placeholder, or has quotes, spaces, a line break or `Bearer ` around it
          """,
        mending: "Set the secret alone."),
      .init(
        when: "`starts_with`, `matches` or `min_length` does not hold",
        mending: "It is another provider's key, or a piece of one: copy it again."),
      .init(
        when: """
          it is a key of another maker, role or purpose than the variable's name tells, or a JWT that \
          has expired
          """,
        mending: "Copy the key that the name tells, or make a new one."),
      .init(
        when: "the project lacks the secret, or holds another value",
        mending: "Deploy it by the command of the finding: `supabase secrets set`."),
    ])

  private let name: String
  private let prefix: String?
  private let pattern: TextPattern?
  private let minimumLength: Int?
  private let store: String?
  private let source: SecretSource

  package init(_ settings: Settings) throws(Diagnostic) {
    name = settings.text("secret")
    let isName = name.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
      default: false
      }
    }
    guard isName else {
      // The text is not repeated: somebody may have put the secret itself there.
      throw Diagnostic(
        "`secret` takes the name of a variable, not its value",
        at: settings["secret"]?.location ?? settings.location, help: "such as OPENAI_API_KEY")
    }
    prefix = settings.optionalText("starts_with")
    pattern = try settings.pattern("matches")
    minimumLength = settings.optionalWhole("min_length")
    store = settings.optionalText("stored_in")
    let source = SecretSource(
      file: settings.optionalText("from_file"), envFile: settings.optionalText("from_env_file"))
    guard let source else {
      throw Diagnostic(
        "a secret is read from one place only",
        at: settings["from_env_file"]?.location ?? settings.location,
        help: "leave out `from_file` or `from_env_file`")
    }
    self.source = source
  }

  package var services: [String] { store.map { [$0] } ?? [] }

  package func questions(in services: Services) -> [Question] {
    [Question(.here(source.described(name)))]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let variables: [String: String]
    switch await source.look(for: name, in: services) {
    case .values(let values): variables = values
    case .noFile: variables = [:]
    case .unreadable(let reason):
      return .cannotTell(
        "\(name) cannot be read: \(reason)", expected: "\(name) set \(source.place)",
        observed: reason)
    }
    let value = variables[name].flatMap { $0.isEmpty ? nil : Secret($0) }
    let project = store.flatMap { services.project($0) }
    let local: [String]
    var wanted = "the secret"
    if let value {
      let slips = SecretShape.faults(of: value)
      local = await slips + faults(ofKind: value)
      wanted = slips.isEmpty ? "the key that belongs there" : "the secret alone"
    } else {
      local = [source.absence(of: name, variables, services.variables)]
    }
    let comparison = project.map {
      $0.comparison(of: name, with: value, services.variables.values.merging(variables) { $1 })
    }
    if !local.isEmpty || comparison?.isFailure == true {
      return failure(
        local, wanted, comparison, project, services.variables)
    }
    guard let store else { return .pass("\(name) is set and looks like a secret") }
    guard let project, let comparison else { return .skip(because: "service.\(store)") }
    if case .cannotCompare = comparison {
      return .cannotTell(
        "\(name) is a secret of the project \(project.reference), whose digest cannot be compared",
        expected: "a SHA-256 digest of 64 hexadecimal digits", observed: "something else",
        fix: project.command(setting: source.deploying(name)))
    }
    return .pass(
      "\(name) is set, looks like a secret, and the project \(project.reference) has the same value"
    )
  }

  /// What tells that it is another secret than the one that is meant.
  private func faults(ofKind value: Secret) async -> [String] {
    var faults = KeyShape.faults(of: value, named: name, at: .now)
    if let prefix, !value.reveal(to: { $0.hasPrefix(prefix) }) {
      faults.append("does not begin with \(prefix.quoted)")
    }
    if let minimumLength, value.reveal(to: { $0.unicodeScalars.count < minimumLength }) {
      faults.append("is shorter than \(minimumLength) characters")
    }
    if let pattern {
      let matches = await BlockingWork.run { value.reveal { pattern.matchesWhole($0) } }
      if matches != true { faults.append("does not match \(pattern.shown)") }
    }
    return faults
  }

  private func failure(
    _ local: [String], _ wanted: String, _ comparison: StoredState?, _ project: ProjectSecrets?,
    _ variables: Variables
  ) -> Finding {
    var observed = local.isEmpty ? [] : ["\(name) \(local.joined(last: "and"))"]
    var fixes: [String] = []
    if !local.isEmpty {
      fixes.append(source.setting(name, wanted, variables))
    }
    if let comparison, let project {
      observed += comparison.words(for: name, in: project.reference).map { [$0] } ?? []
      if comparison.isFailure {
        fixes.append(project.command(setting: source.deploying(name)))
      }
    }
    var expected = "\(name) set \(source.place)" + requirements
    if let project { expected += ", and the same value in the project \(project.reference)" }
    return .fail(
      observed.joined(separator: "; "), expected: expected,
      observed: observed.joined(separator: "; "), fix: fixes.joined(separator: "\n"))
  }

  private var requirements: String {
    let parts = [
      prefix.map { "beginning with \($0.quoted)" },
      minimumLength.map { "of at least \($0) characters" },
      pattern.map { "matching \($0.shown)" },
    ].compactMap(\.self)
    return parts.isEmpty ? "" : ", " + parts.joined(last: "and")
  }
}
