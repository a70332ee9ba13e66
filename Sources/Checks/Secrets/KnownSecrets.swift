package import Checklist
package import Core

/// All that no output may hold: the one place that knows where the program meets secrets.
package struct KnownSecrets: Sendable {
  package private(set) var secrets: Set<Secret> = []

  /// The secrets that variables hold by what their names say, and those inside the values of others.
  ///
  /// - Parameter variables: The environment, env files and files of single secrets.
  package init(of variables: [String: String]) {
    for (name, value) in variables {
      if KnownSecrets.isSecret(variable: name) {
        add(value)
      } else {
        addCredentials(in: value)
      }
    }
  }

  /// Those, and what stands in a checklist's fields for secrets, be it beside other text, what its
  /// `secret` checks name, and the credentials in all its other values.
  ///
  /// - Parameters:
  ///   - checklist: Read without faults.
  ///   - variables: By which its values are filled.
  ///   - directory: Where the relative paths of files begin.
  package init(of checklist: Checklist, _ variables: Variables, in directory: String) {
    self.init(of: variables.all)
    let settings =
      checklist.services.map(\.settings) + checklist.checks.map(\.settings)
      + checklist.pipelines.map(\.settings) + (checklist.firstRun.map { [$0.settings] } ?? [])
    for leaf in settings.flatMap(\.entries).flatMap(\.setting.leaves) {
      add(leaf.value, filledFrom: variables)
    }
    for check in checklist.checks where check.kind == SecretCheck.declaration.name {
      add(namedBy: check.settings, variables, in: directory)
    }
  }

  /// The credentials that stand in lines of files.
  package mutating func addCredentials(in sources: [SourceText]) {
    for line in sources.flatMap(\.lines) { addCredentials(in: String(line)) }
  }

  package var redactor: Redactor { Redactor(secrets) }

  /// A name with such an end is that of a place, which people have to be shown.
  private static func isSecret(variable name: String) -> Bool {
    SecretLook.isSecret(name: name)
      && !["_FILE", "_PATH", "_DIR"].contains { name.uppercased().hasSuffix($0) }
  }

  private mutating func add(_ text: String) {
    guard !text.isEmpty else { return }
    secrets.insert(Secret(text))
    addCredentials(in: text)
  }

  private mutating func addCredentials(in text: String) {
    secrets.formUnion(Credentials.inside(text).map { Secret($0) })
  }

  private mutating func add(_ value: Value, filledFrom variables: Variables) {
    switch value {
    case .secret(let secret): secret.reveal { add($0) }
    case .text(let text): addCredentials(in: text)
    case .pending(let template, let shape):
      if shape.isSecret { for name in template.variables { add(variables.all[name] ?? "") } }
      // What is filled only in part is asked of nobody.
      guard let text = try? template.filled(from: variables) else { return }
      if shape.isSecret { add(text) } else { addCredentials(in: text) }
    default: return
    }
  }

  private mutating func add(
    namedBy settings: Settings, _ variables: Variables, in directory: String
  ) {
    func text(_ field: String) -> String? {
      switch settings[field]?.value {
      case .text(let text)?: text
      case .pending(let template, _)?: try? template.filled(from: variables)
      default: nil
      }
    }
    let source = SecretSource(file: text("from_file"), envFile: text("from_env_file"))
    guard let name = text(SecretCheck.declaration.name),
      case .values(let values)? = source?.look(for: name, in: directory, or: variables.all)
    else { return }
    add(values[name] ?? "")
    guard source != .environment else { return }
    secrets.formUnion(KnownSecrets(of: values).secrets)
  }
}
