import Checklist
import Checks
import Core
import Gate
import HTTP
import Testing

/// One go at the gate with the real kinds and services.
struct Go {
  let verdict: Verdict

  /// Reads a checklist, plans it for a phase and carries it out.
  init(
    _ text: String, _ environment: [String: String], phase: Phase = .preDeploy,
    directory: String = "/", allowsCommands: Bool = false,
    trusting authorities: String? = nil,
    watch: @escaping @Sendable (GateEvent) -> Void = { _ in }
  ) async throws {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    #expect(read.diagnostics.map(\.message) == [])
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables(environment), directory: directory,
      http: HTTPClient(trusting: authorities),
      allowsCommands: allowsCommands)
    let plan = try plan(for: checklist, in: phase, with: services)
    verdict = await Gate(watch: watch).carryOut(plan)
    await services.close()
  }

  private init(_ verdict: Verdict) {
    self.verdict = verdict
  }

  /// The same, with each value of the environment replaced by `$` and its name.
  func naming(_ environment: [String: String]) -> Go {
    func named(_ text: String?) -> String {
      // The longest first: one value may begin with another, or be the same.
      environment.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.reduce(text ?? "")
      {
        $0.replacing($1.value, with: "$\($1.key)")
      }
    }
    let outcomes = verdict.outcomes.map { outcome in
      let finding = outcome.finding
      let renamed: Finding =
        switch finding.status {
        case .pass, .skip: finding
        case .fail:
          .fail(
            named(finding.message), expected: named(finding.expected),
            observed: named(finding.observed), fix: named(finding.fix))
        case .error:
          .cannotTell(
            named(finding.message), expected: named(finding.expected),
            observed: named(finding.observed), fix: named(finding.fix))
        }
      return Outcome(
        check: outcome.check, finding: renamed, duration: outcome.duration,
        attempts: outcome.attempts)
    }
    return Go(Verdict(outcomes, planned: outcomes.count))
  }

  subscript(id: String) -> Finding? {
    verdict.outcomes.first { $0.check.id == id }?.finding
  }

  /// The ids with a status, in the plan's order.
  func ids(_ status: Status) -> [String] {
    verdict.outcomes.filter { $0.finding.status == status }.map(\.check.id)
  }
}
