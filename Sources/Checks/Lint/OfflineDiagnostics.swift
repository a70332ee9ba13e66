package import Checklist
package import Core

/// Faults of a checklist that only the kinds know of, as far as they show without any variable.
///
/// A check whose settings hold variables is judged when it runs.
package func diagnostics(for checklist: Checklist) -> [Diagnostic] {
  checklist.checks.compactMap { declaration in
    guard declaration.settings.variables.isEmpty,
      let kind = allKinds.first(where: { $0.declaration.name == declaration.kind })
    else { return nil }
    do throws(Diagnostic) {
      _ = try kind.init(declaration.settings)
      return nil
    } catch {
      return error
    }
  }
}

/// Where a check holds what may well be a secret itself: in a `secret` check what is no variable's
/// name, in an `http` check an address with a user, and the value of a header by a secret's name.
package func valuesInPlaceOfNames(in checklist: Checklist) -> [SourceLocation] {
  checklist.checks.flatMap { declaration -> [SourceLocation] in
    let settings = declaration.settings
    guard let subject = settings[declaration.kind] else { return [] }
    switch declaration.kind {
    case SecretCheck.declaration.name:
      let isName = !settings.variables.isEmpty || (try? SecretCheck(settings)) != nil
      return isName ? [] : [subject.location]
    case HTTPCheck.declaration.name:
      let values = settings.map("headers").filter { SecretLook.isSecret(name: $0.name) }
      guard case .text(let text) = subject.value, text.contains("@") else {
        return values.map(\.setting.location)
      }
      return [subject.location] + values.map(\.setting.location)
    default: return []
    }
  }
}
