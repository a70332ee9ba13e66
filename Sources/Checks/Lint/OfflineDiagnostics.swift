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

/// Where a `secret` check holds what is no variable's name, and so may well be the secret itself.
package func valuesInPlaceOfNames(in checklist: Checklist) -> [SourceLocation] {
  checklist.checks.compactMap { declaration in
    guard declaration.kind == SecretCheck.declaration.name, declaration.settings.variables.isEmpty,
      (try? SecretCheck(declaration.settings)) == nil
    else { return nil }
    return declaration.settings[declaration.kind]?.location
  }
}
