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
        "stored_in", .service(kind: "supabase"),
        "The project that must hold the same value, compared by digest.", example: "edge"),
    ],
    passesWhen: """
      The variable is set; its value is not empty and no placeholder; it has no stray quote, space, \
      line break or `Bearer `; `starts_with`, `matches` and `min_length` hold; and the project named \
      by `stored_in` holds the same value, by its SHA-256 digest.
      """,
    cannotTellWhen: """
      The project's secrets cannot be listed, or the stored digest is not 64 hexadecimal digits.
      """,
    needs: "With `stored_in`, an access token that may list the project's secrets.",
    failures: [
      .init(
        when: "the variable is not set, or set to nothing",
        mending: """
          Set it: in the CI's secrets, in the environment, in an env file, or as a file that \
          `NAME_FILE` names.
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
        when: "the project lacks the secret, or holds another value",
        mending: "Deploy it by the command of the finding: `supabase secrets set`."),
    ])

  private let name: String
  private let prefix: String?
  private let pattern: TextPattern?
  private let minimumLength: Int?
  private let store: String?

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
  }

  package var services: [String] { store.map { [$0] } ?? [] }

  package func questions(in services: Services) -> [Question] {
    [Question(.here("the variable \(name), or the file that \(name)_FILE names"))]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let absence = services.variables.absence(of: name)
    let value = absence == nil ? services.variables[name].map { Secret($0) } : nil
    let project = store.flatMap { services.project($0) }
    let local: [String]
    if let value {
      local = await faults(of: value)
    } else {
      local = [absence?.words ?? ""]
    }
    let comparison = project.map { $0.comparison(of: name, with: value, services.variables.values) }
    if !local.isEmpty || comparison?.isFailure == true {
      return failure(
        local, value == nil ? "the secret" : "the secret alone", comparison, project,
        services.variables)
    }
    guard let store else { return .pass("\(name) is set and looks like a secret") }
    guard let project, let comparison else { return .skip(because: "service.\(store)") }
    if case .cannotCompare = comparison {
      return .cannotTell(
        "\(name) is a secret of the project \(project.reference), whose digest cannot be compared",
        expected: "a SHA-256 digest of 64 hexadecimal digits", observed: "something else",
        fix: project.command(setting: name))
    }
    return .pass(
      "\(name) is set, looks like a secret, and the project \(project.reference) has the same value"
    )
  }

  private func faults(of value: Secret) async -> [String] {
    var faults = SecretShape.faults(of: value)
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
      fixes.append("\(variables.command(setting: name))   # \(wanted)")
    }
    if let comparison, let project {
      observed += comparison.words(for: name, in: project.reference).map { [$0] } ?? []
      if comparison.isFailure { fixes.append(project.command(setting: name)) }
    }
    var expected = "\(name) set here" + requirements
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
