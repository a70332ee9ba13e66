import Checklist
import Core
import FoundationEssentials
import Gate
import Sandbox
import TestWorld
import Testing

/// The shipped checklist in the sandbox: each fault is named by the check that is meant for it.
@Suite(.timeLimit(.minutes(5)))
struct PostmortemChecklistTests {
  @Test(
    "Each planted fault alone is named by exactly the check that is meant for it",
    arguments: PlantedFault.all)
  func alone(_ planted: PlantedFault) async throws {
    let go = try await Self.go([planted.fault])
    #expect(go.ids(.fail) == planted.failing.map { [$0.id] } ?? [])
    #expect(go.ids(.error) == planted.untold.map { [$0.id] } ?? [])
    #expect(go.ids(.skip) == planted.skipped)
    for told in [planted.failing, planted.untold].compactMap(\.self) {
      let finding = try #require(go[told.id])
      #expect(finding.message == told.message)
      #expect(finding.expected == told.expected)
      #expect(finding.observed == told.observed)
      #expect(finding.fix == told.fix)
    }
  }

  @Test("Nothing planted, nothing found")
  func nothing() async throws {
    let go = try await Self.go([])
    #expect(go.ids(.pass).count == go.verdict.outcomes.count)
    #expect(go.verdict.decision == .go)
    #expect(go.verdict.outcomes.count == 12)
  }

  @Test("Another model behind the same name is named as soon as there is something to compare with")
  func masked() async throws {
    #expect(try await Self.go([.modelMasked]).verdict.decision == .go)
    let later = try await Self.go([.modelMasked], phase: .postDeploy)
    #expect(later.ids(.fail) == ["same_model"])
    #expect(later.ids(.error) + later.ids(.skip) == [])
    #expect(
      later["same_model"]?.fix == """
        update issues as source set embedding = null where source.embedding is not null and \
        (embedding_generated_at >= updated_at);
        -- then embed anew: preflight run test.yaml
        -- or configure the model that made them: `model` of embedder
        """)
    let first = try await Self.go([], phase: .postDeploy)
    #expect(first.ids(.error) == ["same_model"])
    #expect(first.ids(.fail) + first.ids(.skip) == [])
  }

  @Test("All six causes of the postmortem are named in one pass, each with a fix")
  func postmortem() async throws {
    let go = try await Self.go([.postmortem])
    #expect(
      go.ids(.fail) == [
        "secret.openai", "dimension", "upsert.syntax", "rpc.progress", "jobs.empty", "jobs.stuck",
      ])
    #expect(go.ids(.error) == [])
    // What a vector needs to make its trip is wrong already.
    #expect(go.ids(.skip) == ["round_trip"])
    for id in go.ids(.fail) {
      let finding = try #require(go[id])
      #expect(
        [finding.expected, finding.observed, finding.fix].allSatisfy { $0?.isEmpty == false })
    }
    #expect(go.verdict.decision == .noGo)
  }

  @Test("A missing key does not hide a column of the wrong dimension")
  func layered() async throws {
    let go = try await Self.go([.keyMissing, .columnDimension])
    #expect(go.ids(.fail) == ["secret.openai", "dimension"])
    #expect(go.ids(.error) == ["service.embedder"])
    #expect(go.ids(.skip) == ["key.openai", "round_trip"])
  }

  /// One go at the shipped checklist, in which what differs from sandbox to sandbox goes by the
  /// name of its variable.
  private static func go(
    _ faults: Set<SandboxFault>, phase: Phase = .preDeploy
  ) async throws -> Go {
    let parts = #filePath.split(separator: "/").dropLast(3)
    let path = "/" + parts.joined(separator: "/") + "/checklists/embeddings.yaml"
    let text = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    return try await TestWorld.sandbox(faults) { sandbox, _, _ in
      try await Go(text, sandbox.environment, phase: phase).naming(sandbox.environment)
    }
  }
}
