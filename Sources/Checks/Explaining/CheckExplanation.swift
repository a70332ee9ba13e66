package import Checklist
internal import Core
package import Gate

extension Explanation {
  /// Explains a check of a checklist, or one of its services, without asking anybody.
  ///
  /// A secret, and what is not set, stands as `${NAME}` in what is asked.
  ///
  /// - Parameters:
  ///   - id: The check's id, or `service.NAME`.
  ///   - checklist: Read without faults.
  ///   - services: Made for the same checklist.
  /// - Returns: Nil where nothing in the checklist bears the id.
  package static func ofCheck(
    _ id: String, in checklist: Checklist, with services: Services
  ) -> Explanation? {
    if let service = checklist.services.first(where: { $0.checkID == id }) {
      return Explanation(
        of: .check(service.explained), declaration: service.kind.declaration, isService: true,
        parts: [Part(questions: services.questions(ofService: service.name))])
    }
    guard let check = checklist.checks.first(where: { $0.id == id }),
      let kind = allKinds.first(where: { $0.declaration.name == check.kind })
    else { return nil }
    let read = services.read(check, as: kind)
    let timeout = check.timeout ?? (try? read.get().usualTimeout) ?? Services.patience
    return Explanation(
      of: .check(check.explained(timeout: timeout)), declaration: kind.declaration,
      isService: false, parts: services.parts(of: check, read))
  }
}

extension Services {
  /// What the services of a check ask, and then the check.
  func parts(
    of check: CheckDeclaration, _ read: Result<any CheckKind, UntoldQuestions>
  ) -> [Explanation.Part] {
    let used = (try? read.get().services) ?? check.settings.services
    return used.withoutRepeats(by: \.self).map { name in
      Explanation.Part(service: name, questions: questions(ofService: name))
    } + [Explanation.Part(questions: read.map { $0.questions(in: naming) })]
  }

  /// What a service's own check asks, or why that cannot be told.
  func questions(ofService name: String) -> Result<[Question], UntoldQuestions> {
    let shown = naming
    do throws(SettingFault) {
      _ = try shown.filledSettings(of: name)
      return .success(shown.questions(of: name))
    } catch {
      let unset = unset(in: self.settings(of: name))
      return .failure(unset.isEmpty ? .invalid(error.message) : .unset(unset))
    }
  }

  /// A check with the names of unset variables in their places.
  func read(
    _ check: CheckDeclaration, as kind: any CheckKind.Type
  ) -> Result<any CheckKind, UntoldQuestions> {
    let reason: String
    do {
      return .success(try kind.init(try check.settings.filled(from: naming.variables)))
    } catch let fault as SettingFault {
      reason = fault.message
    } catch let fault as Diagnostic {
      reason = fault.message
    } catch {
      preconditionFailure("settings are refused by a fault of theirs or a diagnostic")
    }
    let unset = unset(in: check.settings)
    return .failure(unset.isEmpty ? .invalid(reason) : .unset(unset))
  }

  /// The names of the variables that keep settings from being filled, but for those of secrets.
  private func unset(in settings: Settings) -> [String] {
    do throws(SettingFault) {
      _ = try settings.filled(from: variables.naming(.secrets))
    } catch .unset(let variables, _) {
      return variables.map(\.name)
    } catch {}
    return []
  }
}

extension CheckDeclaration {
  fileprivate func explained(timeout: Duration) -> ExplainedCheck {
    ExplainedCheck(
      identity: CheckIdentity(
        id: id, kind: kind, title: title, severity: severity, location: location),
      phases: Phase.allCases.filter(phases.contains), needs: needs, timeout: timeout)
  }
}

extension ServiceDeclaration {
  fileprivate var explained: ExplainedCheck {
    ExplainedCheck(
      identity: CheckIdentity(
        id: checkID, kind: kind.rawValue, title: nil, severity: .block, location: location),
      phases: Phase.allCases, needs: [], timeout: Services.patience)
  }
}
