import Sandbox
import Subprocess
import Testing

@Suite("How many requests are under way at once", .timeLimit(.minutes(2)))
struct WorkersOptionTests {
  @Test("is what --workers says, and else what the checklist says", arguments: [nil, 1, 6])
  func workers(_ count: Int?) async throws {
    try await Stage.set { stage in
      let expected = count ?? 4
      stage.sandbox.endpoint.misbehave([.hangs], forNext: expected)
      let options = count.map { ["--workers", "\($0)"] } ?? []
      let worker = try await stage.start(Stage.work + options)
      try await stage.wait(forRequests: expected)
      stage.sandbox.endpoint.letGo()
      let ended = try await worker.end()
      #expect(ended.status == .exited(0))
      #expect(ended.output.contains("VERIFIED: 105 of 105 items stored"))
      #expect(stage.sandbox.endpoint.counts.mostUnderWay == expected)
      #expect(try await stage.counts() == "105 105 105 105")
    }
  }

  @Test("has the bounds of the checklist's own number", arguments: ["0", "-1", "65"])
  func outOfBounds(_ count: String) async throws {
    let result = try await Program.run(
      ["run", "checklists/embeddings.yaml", "--workers=\(count)"])
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(
      result.error.hasPrefix(
        "Error: --workers must be a whole number from 1 to 64, not \(count)\n"), "\(result.error)")
  }

  @Test("cannot be a word")
  func word() async throws {
    let result = try await Program.run(
      ["run", "checklists/embeddings.yaml", "--workers", "many"])
    #expect(result.status == 64)
    #expect(
      result.error.hasPrefix("Error: The value 'many' is invalid for '--workers <workers>'\n"))
  }
}
