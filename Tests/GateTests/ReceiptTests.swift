import Checklist
import Core
import Gate
import Testing

@Suite("A receipt") struct ReceiptTests {
  private static let now = Timestamp(milliseconds: 1_795_510_000_000)

  private static func checklist(_ id: String = "a") throws -> Checklist {
    let kind = KindDeclaration(
      subject: Field("secret", .text, "A name."), summary: "A kind.", passesWhen: "Always.",
      cannotTellWhen: "Never.", needs: "Nothing.", failures: [])
    return try #require(
      Checklist.read(
        path: "list.yaml", bytes: Array("version: 1\nchecks: [{ id: \(id), secret: X }]".utf8),
        kinds: [kind]
      ).checklist)
  }

  private static func target(
    system: String = "7", database: String = "app", type: String = "vector(384)", relation: Int = 5,
    model: String = "small", endpoint: String = "http://localhost/v1", dimensions: Int? = nil,
    service: String = "db", column: String = "issues.embedding"
  ) -> TargetIdentity {
    TargetIdentity(
      databases: [
        TargetIdentity.Database(
          service: service, systemIdentifier: system, database: database,
          columns: [
            TargetIdentity.Column(
              name: column, relation: relation, number: relation == 0 ? 0 : 2, type: type)
          ])
      ],
      models: [
        TargetIdentity.Model(
          service: "embedder", endpoint: endpoint, model: model, dimensions: dimensions)
      ])
  }

  private static func receipt(
    at time: Timestamp = now, isPartial: Bool = false, isForced: Bool = false,
    phase: Phase = .preDeploy
  ) throws -> Receipt {
    Receipt(
      toolVersion: "0.1.0", checklistPath: "list.yaml", checklistDigest: try checklist().digest,
      phase: phase, issuedAt: time, isPartial: isPartial, isForced: isForced, waived: [],
      target: target())
  }

  /// Why a receipt is refused, in words; empty where it clears a run.
  private static func refusals(
    _ receipt: Receipt, _ checklist: Checklist? = nil, _ target: TargetIdentity = target(),
    after time: Duration = .zero
  ) throws -> [String] {
    let checklist = try checklist ?? Self.checklist()
    do throws(Receipt.Refused) {
      let clearance = try receipt.clearance(
        for: checklist, in: .preDeploy, target: target,
        olderThan: .seconds(3_600),
        at: Timestamp(milliseconds: now.milliseconds + Int64(time / .milliseconds(1))))
      let basis = clearance.basis
      #expect(basis == .receipt)
      return []
    } catch {
      return error.reasons.map(\.message)
    }
  }

  @Test("of the same checklist before the same target clears a run")
  func holds() throws {
    #expect(try Self.refusals(Self.receipt()) == [])
    #expect(try Self.refusals(Self.receipt(), after: .seconds(3_600)) == [])
    #expect(try Self.refusals(Self.receipt(), after: .seconds(-60)) == [])
  }

  @Test("that is old, of the future, partial, forced, of another checklist or phase is refused")
  func refused() throws {
    let receipt = try Self.receipt()
    #expect(
      try Self.refusals(receipt, after: .milliseconds(3_600_001))
        == ["it is 1h old, and may be at most 1h"])
    #expect(
      try Self.refusals(receipt, after: .seconds(-61))
        == ["it was given at 2026-11-24T08:46:40Z, which has not come yet"])
    #expect(
      try Self.refusals(Self.receipt(isPartial: true))
        == ["it is of a part of the checklist only"])
    #expect(
      try Self.refusals(Self.receipt(isForced: true)) == ["the gate was forced open for it"])
    #expect(
      try Self.refusals(receipt, Self.checklist("b"))
        == ["it is of another checklist, or of list.yaml as it was before it was changed"])
    #expect(
      try Self.refusals(Self.receipt(phase: .ci)) == ["it is of the phase ci, not of pre-deploy"])
  }

  @Test("tells all that speaks against it at once")
  func allAtOnce() throws {
    let refusals = try Self.refusals(
      Self.receipt(isPartial: true, isForced: true, phase: .ci), Self.checklist("b"),
      Self.target(system: "8"), after: .seconds(7_200))
    #expect(refusals.count == 6)
  }

  @Test(
    "of another target says what of it is different",
    arguments: [
      (target(system: "8"), ["db: it is the server 8 now, and was 7"]),
      (target(database: "web"), ["db: it is the database web now, and was app"]),
      (
        target(type: "vector(1536)", relation: 6),
        ["db: issues.embedding is vector(1536) now, and was vector(384)"]
      ),
      (target(relation: 6), ["db: issues.embedding was made anew"]),
      (target(type: "", relation: 0), ["db: issues.embedding does not exist any more"]),
      (
        target(column: "pulls.embedding"),
        [
          "db: issues.embedding is no column of vectors of the checklist now",
          "db: the receipt does not know pulls.embedding",
        ]
      ),
      (
        target(service: "main"),
        ["db: the checklist has no such database", "main: the receipt does not know it"]
      ),
      (
        target(model: "large", endpoint: "http://other/v1", dimensions: 256),
        [
          "embedder: the endpoint is http://other/v1 now, and was http://localhost/v1",
          "embedder: the model is large now, and was small",
          "embedder: the length is 256 now, and was the model's own",
        ]
      ),
    ])
  func otherTarget(_ target: TargetIdentity, _ differences: [String]) throws {
    #expect(
      try Self.refusals(Self.receipt(), nil, target)
        == ["it is of another target: " + differences.joined(separator: "; ")])
  }

  @Test("is given for a whole go only, with those who answer for what did not pass")
  func given() throws {
    func receipt(_ outcomes: [Outcome], leftOut: Int = 0) throws -> Receipt? {
      Receipt.of(
        Verdict(outcomes, planned: outcomes.count, leftOut: leftOut), try Self.checklist(),
        in: .preDeploy, target: Self.target(), toolVersion: "0.1.0", at: Self.now)
    }
    #expect(try receipt([.of("a", .pass("p"))]) == Self.receipt())
    #expect(try receipt([.of("a", .pass("p"))], leftOut: 1) == nil)
    #expect(try receipt([.of("a", .broken)]) == nil)
    #expect(try receipt([.of("a", .cannotTell("no answer"))]) == nil)
    #expect(try receipt([]) == nil)
  }
}
