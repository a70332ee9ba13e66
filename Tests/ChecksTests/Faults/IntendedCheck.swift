import Gate
import Sandbox

/// The check of `checklists/every-fault.yaml` that is meant to name a fault.
struct IntendedCheck: Sendable {
  let id: String
  /// How it ends: *failed*, or *could not be told* where the other side gave no answer that tells.
  let status: Status
  /// Whether the fix of its finding is SQL, which then has to mend the database.
  let isMendedBySQL: Bool
  /// Checks that cannot tell anything because of the fault.
  let untold: Set<String>

  private init(
    _ id: String, _ status: Status, isMendedBySQL: Bool = false, untold: Set<String> = []
  ) {
    self.id = id
    self.status = status
    self.isMendedBySQL = isMendedBySQL
    self.untold = untold
  }

  static func fails(_ id: String, untold: Set<String> = []) -> IntendedCheck {
    IntendedCheck(id, .fail, untold: untold)
  }

  static func fails(_ id: String, mendedBySQL: Bool) -> IntendedCheck {
    IntendedCheck(id, .fail, isMendedBySQL: mendedBySQL)
  }

  static func cannotTell(_ id: String) -> IntendedCheck { IntendedCheck(id, .error) }
}

extension SandboxFault {
  /// Each single fault before the first run, as opposed to the postmortem's six at once, and to what
  /// only stored vectors can show (`PostmortemChecklistTests`).
  static let single = allCases.filter { $0 != .postmortem && $0 != .modelMasked }

  /// The check that is meant to name it; nil where the client puts it right, so that all checks pass.
  var intended: IntendedCheck? {
    switch self {
    case .keyMissing: .fails("secret.openai", untold: ["service.embedder"])
    case .keyNotDeployed, .keyTrailingNewline, .keyQuoted, .keyRotated: .fails("secret.openai")
    case .tokenRevoked: .fails("service.edge")
    case .anonKeyAsServiceKey: .fails("secret.service_role")
    case .serviceKeyPublished: .fails("secret.anon")
    case .variableUnset: .fails("variables")
    case .keyInvalid, .quotaExhausted, .modelMissing, .regionRefused, .wrongBaseURL, .modelSwapped:
      .fails("key.openai")
    case .rateLimited: .cannotTell("key.openai")
    case .signInPage, .wrongCount, .nan, .errors500, .hang: .cannotTell("service.embedder")
    case .dimensionsIgnored, .quarterWidth: .fails("dimension")
    case .columnDimension, .undeclaredDimension: .fails("dimension", mendedBySQL: true)
    case .unordered, .constantVectors: .fails("batches")
    // Numbers are read as well as base64, and vectors sorted by their indexes.
    case .base64Ignored, .shuffled: nil
    case .functionMissing, .functionRenamedArgument, .functionInOtherSchema, .staleSchemaCache,
      .overloadedFunction, .noExecute, .executeForAll, .unsafeSearchPath:
      .fails("rpc.progress", mendedBySQL: true)
    case .volatileSearch: .fails("rpc.search", mendedBySQL: true)
    case .constraintMissing, .partialUniqueIndex, .deferrableUnique:
      .fails("upsert.cache", mendedBySQL: true)
    case .wideTable: .fails("upsert.cache")
    case .nullableKey: .fails("table.cache", mendedBySQL: true)
    case .columnMissing, .rowSecurity, .rowSecurityOff, .noUpdateRight:
      .fails("table.issues", mendedBySQL: true)
    case .wrongMetric, .indexMissing, .indexInvalid, .oldPgvector:
      .fails("index.cache", mendedBySQL: true)
    case .extensionInOtherSchema: .fails("pgvector", mendedBySQL: true)
    case .duplicateRows: .fails("rows.once")
    case .jobsStuck, .jobCompletedEmpty, .jobFailedSilently: .fails("jobs", mendedBySQL: true)
    case .backlog: .fails("jobs")
    case .upsertSyntax: .fails("code.upsert")
    case .keyInCode: .fails("code.keys")
    case .dimensionsNotAsked: .fails("code.dimensions")
    case .modelMasked, .postmortem: nil
    }
  }

  /// Something that can be wrong in one way at a time, or of which one sentence tells all.
  enum Place: Sendable {
    case deployedKey, answer, vectorLength, progress, search, cacheKey, cacheIndex
    case issuesPolicies, waitingItems
  }

  /// Where the fault sits; two that share a place cannot both be seen.
  var places: Set<Place> {
    switch self {
    case .keyMissing: [.deployedKey, .answer]
    case .keyNotDeployed, .keyTrailingNewline, .keyQuoted, .keyRotated, .tokenRevoked:
      [.deployedKey]
    case .keyInvalid, .quotaExhausted, .modelMissing, .regionRefused, .wrongBaseURL, .signInPage,
      .base64Ignored, .wrongCount, .shuffled, .nan, .modelSwapped, .errors500, .rateLimited, .hang:
      [.answer]
    // A batch is tried where the length of vectors is right.
    case .dimensionsIgnored, .quarterWidth, .unordered, .constantVectors: [.answer, .vectorLength]
    case .columnDimension, .undeclaredDimension: [.vectorLength]
    case .functionMissing, .functionRenamedArgument, .functionInOtherSchema, .staleSchemaCache,
      .overloadedFunction, .noExecute, .executeForAll, .unsafeSearchPath:
      [.progress]
    case .volatileSearch: [.search]
    case .extensionInOtherSchema: [.search, .vectorLength]
    case .constraintMissing, .partialUniqueIndex, .deferrableUnique: [.cacheKey]
    case .wrongMetric, .indexMissing, .indexInvalid, .oldPgvector: [.cacheIndex]
    case .rowSecurity, .rowSecurityOff: [.issuesPolicies]
    case .jobsStuck, .backlog: [.waitingItems]
    case .anonKeyAsServiceKey, .serviceKeyPublished, .variableUnset, .wideTable, .nullableKey,
      .columnMissing, .noUpdateRight, .duplicateRows, .jobCompletedEmpty, .jobFailedSilently,
      .upsertSyntax, .keyInCode, .dimensionsNotAsked, .modelMasked, .postmortem:
      []
    }
  }

  /// Sandboxes that hold several faults each.
  ///
  /// Each takes the next fault that finds its places free in it; one that would be left over alone has
  /// been seen alone.
  static let together: [[SandboxFault]] = {
    var rounds: [(faults: [SandboxFault], taken: Set<Place>)] = []
    for fault in single {
      let round = rounds.firstIndex { $0.taken.isDisjoint(with: fault.places) } ?? rounds.count
      if round == rounds.count { rounds.append(([], [])) }
      rounds[round].faults.append(fault)
      rounds[round].taken.formUnion(fault.places)
    }
    return rounds.map(\.faults).filter { $0.count > 1 }
  }()
}
