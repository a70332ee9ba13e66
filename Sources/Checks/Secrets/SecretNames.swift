package import Checklist

/// The variables that hold secrets: those in fields that must not be shown, and those that `secret`
/// checks name.
package func secretNames(in checklist: Checklist) -> Set<String> {
  let settings = checklist.services.map(\.settings) + checklist.checks.map(\.settings)
  let named = checklist.checks.compactMap { check -> String? in
    guard check.kind == SecretCheck.declaration.name,
      case .text(let name)? = check.settings[check.kind]?.value
    else { return nil }
    return name
  }
  return Set(settings.flatMap(\.secretVariables) + named)
}

extension Variables {
  /// A shell command that gives a variable its value, by the way that it gets it now.
  func command(setting name: String) -> String {
    let file = name + "_FILE"
    guard let path = values[file], !path.isEmpty else { return "export \(name)='…'" }
    return "unset \(name); printf '%s' '…' > \"$\(file)\""
  }
}
