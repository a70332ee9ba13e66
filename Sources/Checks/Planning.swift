package import Checklist
package import Core
package import Gate

/// Why a checklist gives no plan.
package enum PlanningFault: Error, Sendable, Equatable {
  /// No check of the checklist belongs to the phase.
  case nothingInPhase(Phase)
  /// The filters of the command line cannot be followed.
  case selection(CheckSelection.Fault)

  package var message: String {
    switch self {
    case .nothingInPhase(let phase):
      "no check of the checklist belongs to the phase \(phase.rawValue)"
    case .selection(let fault): fault.message
    }
  }
}

/// What the gate asks for a phase: the services first, then the checks in the checklist's order.
///
/// A service that only checks of other phases use is not asked.
///
/// - Parameters:
///   - checklist: Read without faults.
///   - phase: The part of a delivery that this is.
///   - services: Made for the same checklist.
///   - selection: What a person leaves of the phase's checks; nil for the whole of it.
///   - day: Today, by which waivers are judged.
/// - Returns: A plan with one entry for each service and each check.
/// - Throws: The checklist asks nothing in this phase, or the selection chooses nothing.
package func plan(
  for checklist: Checklist, in phase: Phase, with services: Services,
  selecting selection: CheckSelection? = nil, on day: Day = Timestamp.now.day
) throws(PlanningFault) -> Plan {
  let asked = checklist.checks.filter { $0.phases.contains(phase) }
  guard !asked.isEmpty else { throw .nothingInPhase(phase) }
  var checks = asked.map { PreparedCheck($0, services) }
  let used = Set(checks.flatMap(\.services))
  let others = checklist.checks.filter { !$0.phases.contains(phase) }
    .map { PreparedCheck($0, services) }
  let usedElsewhere = Set(others.flatMap(\.services))
  let isReached = { (service: ServiceDeclaration) in
    used.contains(service.name) || !usedElsewhere.contains(service.name)
  }
  var reached = checklist.services.filter(isReached)
  let whole = reached.count + checks.count
  if let selection {
    let unreached = checklist.services.filter { !isReached($0) }
    let chosen: Set<String>
    do throws(CheckSelection.Fault) {
      chosen = try selection.chosen(
        from: reached.map(\.candidate) + checks.map(\.candidate),
        others: unreached.map(\.candidate) + others.map(\.candidate), in: phase)
    } catch {
      throw .selection(error)
    }
    reached = reached.filter { chosen.contains($0.checkID) }
    checks = checks.filter { chosen.contains($0.declaration.id) }
  }
  let judged = Set(checks.compactMap(\.judgedKey))
  let serviceChecks = reached.map { service in
    PlannedCheck(
      identity: CheckIdentity(
        id: service.checkID, kind: service.kind.rawValue, title: nil, severity: .block,
        location: service.location),
      timeout: Services.patience,
      // What waits for a check waits for the services that it uses.
      waitFor: checks.filter { $0.services.contains(service.name) }
        .compactMap(\.declaration.waitFor).max() ?? .zero,
      questions: {
        (try? services.filledSettings(of: service.name)).map { _ in
          services.questions(of: service.name)
        }
      },
      run: { _ in await services.reach(service, judgesKey: !judged.contains(service.name)) })
  }
  let planned = serviceChecks + checks.map { $0.planned(with: services, on: day) }
  return Plan(planned, leftOut: whole - planned.count)
}

extension ServiceDeclaration {
  fileprivate var candidate: CheckSelection.Candidate {
    CheckSelection.Candidate(id: checkID, kind: kind.rawValue, isService: true)
  }
}

/// A check of the checklist, read by its kind if its variables allow.
private struct PreparedCheck {
  let declaration: CheckDeclaration
  let read: Result<any CheckKind, Unreadable>

  enum Unreadable: Error {
    case variables(SettingFault)
    case settings(Diagnostic)
    case unknownKind

    var message: String {
      switch self {
      case .variables(let fault): fault.message
      case .settings(let diagnostic): diagnostic.message
      case .unknownKind: "no such kind of check is known"
      }
    }

    func fix(with values: Variables) -> String? {
      switch self {
      case .variables(let fault): fault.fix(with: values)
      case .settings(let diagnostic): diagnostic.help
      case .unknownKind: nil
      }
    }
  }

  init(_ declaration: CheckDeclaration, _ services: Services) {
    self.declaration = declaration
    read = PreparedCheck.read(declaration, services)
  }

  private static func read(
    _ declaration: CheckDeclaration, _ services: Services
  ) -> Result<any CheckKind, Unreadable> {
    guard let kind = allKinds.first(where: { $0.declaration.name == declaration.kind }) else {
      return .failure(.unknownKind)
    }
    let settings: Settings
    do throws(SettingFault) {
      settings = try declaration.settings.filled(from: services.variables)
    } catch {
      return .failure(.variables(error))
    }
    do throws(Diagnostic) {
      return .success(try kind.init(settings))
    } catch {
      return .failure(.settings(error))
    }
  }

  var services: [String] {
    if case .success(let check) = read { check.services } else { [] }
  }

  var candidate: CheckSelection.Candidate {
    CheckSelection.Candidate(
      id: declaration.id, kind: declaration.kind,
      requires: declaration.needs + services.map { "service.\($0)" })
  }

  /// The service whose key this check judges.
  var judgedKey: String? {
    if case .success(let check as APIKeyCheck) = read { check.service } else { nil }
  }

  func planned(with services: Services, on day: Day) -> PlannedCheck {
    let identity = CheckIdentity(
      id: declaration.id, kind: declaration.kind, title: declaration.title,
      severity: declaration.severity, location: declaration.location,
      waiver: declaration.waiver.map { waiver in
        Waiver(
          reason: waiver.reason, owner: waiver.owner, until: waiver.until,
          isOver: waiver.isOver(on: day))
      })
    switch read {
    case .failure(let fault):
      let finding = Finding.cannotTell(
        fault.message, expected: "settings that can be used", observed: fault.message,
        fix: fault.fix(with: services.variables))
      return PlannedCheck(
        identity: identity, needs: declaration.needs, timeout: Services.patience,
        run: { _ in finding })
    case .success(let check):
      let timeout = declaration.timeout ?? check.usualTimeout
      let help = declaration.help
      return PlannedCheck(
        identity: identity, needs: declaration.needs,
        follows: (check.services + check.wishes(in: services)).map { "service.\($0)" },
        timeout: timeout,
        waitFor: declaration.waitFor ?? .zero, questions: { check.questions(in: services) },
        run: { attempt in
          if attempt > 1 { await services.reachAgain(check.services) }
          return await check.run(in: services, timeout: timeout).adding(help: help)
        })
    }
  }
}

extension Finding {
  /// The finding with the author's own words on how to mend it.
  fileprivate func adding(help: String?) -> Finding {
    guard let help else { return self }
    let isSQL = fix?.hasSuffix(";") == true
    let comment = "\(isSQL ? "--" : "#") \(help)"
    let fix = [fix, comment].compactMap(\.self).joined(separator: "\n")
    switch status {
    case .pass, .skip: return self
    case .fail:
      return .fail(
        message, expected: expected ?? "", observed: observed ?? "", fix: fix, evidence: evidence)
    case .error:
      return .cannotTell(
        message, expected: expected, observed: observed, fix: fix, evidence: evidence)
    }
  }
}
