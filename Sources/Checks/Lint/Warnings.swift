package import Checklist
package import Core

/// What of a faultless checklist does not do what its author most likely meant, without asking
/// anybody.
///
/// - Parameters:
///   - checklist: Read without faults.
///   - day: Today, by which waivers are judged.
/// - Returns: Warnings, in the order of the files and their lines.
package func warnings(for checklist: Checklist, on day: Day) -> [Diagnostic] {
  let found =
    unusedServices(of: checklist) + checks(of: checklist, on: day)
    + Coverage(checklist).warnings + conditionsThatAlwaysHold(in: checklist)
  return found.sorted { left, right in
    guard let left = left.location, let right = right.location else { return false }
    return left < right
  }
}

private func warning(
  _ message: String, at location: SourceLocation, help: String? = nil
) -> Diagnostic {
  Diagnostic(message, at: location, severity: .warning, help: help)
}

private func unusedServices(of checklist: Checklist) -> [Diagnostic] {
  let settings = checklist.checks.map(\.settings) + checklist.pipelines.map(\.settings)
  let used = Set(settings.flatMap(\.services))
  let needed = Set(checklist.checks.flatMap(\.needs))
  return checklist.services.filter { !used.contains($0.name) && !needed.contains($0.checkID) }
    .map { service in
      warning(
        "no check and no pipeline uses the service \(service.name.quoted)", at: service.location,
        help: "it is reached all the same: take it out, or check something of it")
    }
}

private func checks(of checklist: Checklist, on day: Day) -> [Diagnostic] {
  let phases = Dictionary(checklist.checks.map { ($0.id, $0.phases) }) { first, _ in first }
  var found: [Diagnostic] = []
  for check in checklist.checks {
    if let waiver = check.waiver, waiver.isOver(on: day) {
      found.append(
        warning(
          "this waiver of \(waiver.owner.quoted) ended on \(waiver.until)", at: waiver.location,
          help: "take `waive` out, or let somebody answer for a later day"))
    }
    for need in check.needs {
      guard let asked = phases[need] else { continue }
      let lost = Phase.allCases.filter { check.phases.contains($0) && !asked.contains($0) }
      guard !lost.isEmpty else { continue }
      found.append(
        warning(
          "in the phase \(lost.map(\.rawValue).joined(last: "and")) this check is always skipped: "
            + "it needs \(need.quoted), which is not asked there", at: check.location,
          help: "give both the same `phase`"))
    }
    if isUnableToFail(check) {
      found.append(
        warning("this check can never fail: its pattern matches every text", at: check.location))
    }
  }
  if !checklist.checks.contains(where: { $0.severity == .block }) {
    found.append(
      warning(
        "no check can stop a release: all have the severity warn", at: checklist.checks[0].location,
        help: "the verdict is never more than undecided"))
  }
  return found
}

private func isUnableToFail(_ check: CheckDeclaration) -> Bool {
  guard check.settings.variables.isEmpty,
    let kind = allKinds.first(where: { $0.declaration.name == check.kind }),
    let read = try? kind.init(check.settings)
  else { return false }
  return read.cannotFail
}

private func conditionsThatAlwaysHold(in checklist: Checklist) -> [Diagnostic] {
  let settings = checklist.checks.map(\.settings) + (checklist.firstRun.map { [$0.settings] } ?? [])
  return settings.flatMap(\.comparisons).filter { $0.comparison.alwaysHolds }.map { found in
    warning(
      "every number is \(found.comparison.text), so that this condition says nothing",
      at: found.location)
  }
}

extension Comparison {
  /// Whether every number that can be counted or measured, from 0 on, meets it.
  fileprivate var alwaysHolds: Bool { relation == .atLeast && bound.magnitude <= 0 }
}

extension Settings {
  /// The conditions in all values, wherever they stand.
  fileprivate var comparisons: [(comparison: Comparison, location: SourceLocation)] {
    entries.flatMap { entry -> [(comparison: Comparison, location: SourceLocation)] in
      switch entry.setting.value {
      case .comparison(let comparison): [(comparison, entry.setting.location)]
      case .record(let settings): settings.comparisons
      default: []
      }
    }
  }
}
