import Core
import FoundationEssentials
import Gate
import Sandbox
import Testing

/// `checklists/every-fault.yaml` on two Postgres, by two ways and as three roles.
@Suite("Each fault is named", .timeLimit(.minutes(10)))
struct FaultTests {
  private static let versions = [16, 18]
  /// The checks that ask for more than the catalog: who may only connect gets no answer.
  private static let needingRights: Set<String> = [
    "dimension", "upsert.cache", "rows.once", "jobs",
  ]

  @Test(
    "Nothing planted, nothing found; without rights, no check passes that needs some",
    arguments: versions)
  func nothing(version: Int) async throws {
    let world = try await FaultWorld.of([], on: version)
    for cell in Cell.all {
      let go = try #require(world.told[cell])
      let untold = cell.role == .stranger ? Self.needingRights : []
      #expect(Set(go.ids(.error)) == untold, "\(cell)")
      #expect(go.ids(.fail) == [], "\(cell)")
      #expect(go.skipped(otherThanBecauseOf: untold) == [], "\(cell)")
      #expect(go.verdict.outcomes.count == 22)
      #expect(go.verdict.decision == (untold.isEmpty ? .go : .undecided), "\(cell)")
    }
  }

  @Test(
    "alone, by exactly the check that is meant to, and the fix's SQL mends it",
    arguments: SandboxFault.single, versions)
  func alone(fault: SandboxFault, version: Int) async throws {
    let world = try await FaultWorld.of([fault], on: version)
    let page = try #require(world.told[.first])
    for cell in Cell.all {
      let go = try #require(world.told[cell])
      Self.expect([fault], in: go, cell)
      guard let intended = fault.intended, let finding = go[intended.id] else { continue }
      if cell.role == .stranger, finding.status != intended.status { continue }
      let first = try #require(page[intended.id])
      #expect(finding.message == first.message, "\(cell)")
      #expect(finding.observed == first.observed, "\(cell)")
      #expect(finding.expected == first.expected, "\(cell)")
      #expect(finding.fix == first.fix, "\(cell)")
      for words in [finding.message, finding.expected, finding.observed, finding.fix] {
        #expect(words?.isEmpty == false, "\(cell)")
      }
    }
    #expect(world.mended.isEmpty == (fault.intended?.isMendedBySQL != true))
    for (cell, go) in world.mended {
      #expect(go.ids(.pass).count == go.verdict.outcomes.count, "\(cell): \(go.told)")
    }
  }

  @Test(
    "together with all that can be there with it, in one pass", arguments: SandboxFault.together,
    versions)
  func together(faults: [SandboxFault], version: Int) async throws {
    let world = try await FaultWorld.of(faults, on: version)
    for cell in Cell.all {
      let go = try #require(world.told[cell])
      Self.expect(faults, in: go, cell)
      guard cell.role != .stranger else { continue }
      for fault in faults {
        guard let intended = fault.intended else { continue }
        let alone = try await FaultWorld.of([fault], on: version)
        let observed = try #require(alone.told[.first]?[intended.id]?.observed)
        #expect(go[intended.id]?.observed?.contains(observed) == true, "\(fault.rawValue), \(cell)")
      }
    }
  }

  /// Whether the intended checks say no, and nobody else but who waits for them.
  private static func expect(_ faults: [SandboxFault], in go: Go, _ cell: Cell) {
    let intended = faults.compactMap(\.intended)
    var untold = Set(intended.filter { $0.status == .error }.map(\.id))
      .union(intended.flatMap(\.untold))
    let (failed, skipped) = (Set(go.ids(.fail)), Set(go.ids(.skip)))
    var expected = Set(intended.filter { $0.status == .fail }.map(\.id))
    if cell.role == .stranger {
      // Whoever may only connect is told so by what needs rights, and that passes for nothing.
      let unseen = needingRights.subtracting(failed).subtracting(skipped)
      untold.formUnion(unseen)
      expected.subtract(unseen.union(skipped))
    }
    #expect(failed == expected, "\(cell): \(go.told)")
    #expect(Set(go.ids(.error)) == untold, "\(cell): \(go.told)")
    #expect(go.skipped(otherThanBecauseOf: failed.union(untold)) == [], "\(cell)")
  }

  @Test("docs/faults.md is what the checks say; after a change: cp .build/faults.md docs/faults.md")
  func page() async throws {
    var told: [(SandboxFault, Finding?)] = []
    for fault in SandboxFault.single {
      let go = try #require(try await FaultWorld.of([fault], on: 18).told[.first])
      told.append((fault, fault.intended.flatMap { go[$0.id] }))
    }
    let page = FaultPage(told: told).markdown
    let kept = URL(filePath: FaultWorld.root + "/docs/faults.md")
    let isKept = try? String(decoding: Data(contentsOf: kept), as: UTF8.self) == page
    guard isKept != true else { return }
    try Data(page.utf8).write(to: URL(filePath: FaultWorld.root + "/.build/faults.md"))
    Issue.record("docs/faults.md is not fresh: diff docs/faults.md .build/faults.md")
  }
}

extension Go {
  /// What did not pass, for a test that fails.
  fileprivate var told: String {
    verdict.outcomes.filter { $0.finding.status != .pass }
      .map { "\($0.check.id) \($0.finding.status): \($0.finding.message)" }
      .joined(separator: "\n")
  }
}
