/// Where a run stands, as `preflight.run.state` holds it.
package enum RunState: String, Sendable, CaseIterable {
  case starting
  /// The first steps of the ramp are under way.
  case canary
  case running
  /// Nothing is left to claim; the last requests are in flight.
  case draining
  case auditing
  case verified
  case aborted
  case interrupted
  case nothingToDo = "nothing-to-do"

  /// Whether the run has ended for good.
  package var isFinal: Bool {
    switch self {
    case .verified, .aborted, .interrupted, .nothingToDo: true
    case .starting, .canary, .running, .draining, .auditing: false
    }
  }
}

/// Why a run was given up, in one word for machines.
package enum AbortReason: String, Sendable, CaseIterable {
  case wrongKey = "wrong-key"
  case noQuota = "no-quota"
  case wrongModel = "wrong-model"
  case wrongEndpoint = "wrong-endpoint"
  case dimensionMismatch = "dimension-mismatch"
  /// The provider's answers do not hold what an embeddings reply must hold.
  case badReplies = "bad-replies"
  /// The endpoint is not any more what it was found to be when it was probed.
  case endpointChanged = "endpoint-changed"
  case noProgress = "no-progress"
  case throttled
  case canaryFailed = "canary-failed"
  case failedItems = "failed-items"
  case deadline
  case progressFunction = "progress-function"
  /// The database refuses what the pipeline has to write.
  case refusedWrite = "refused-write"
  case database
  case auditFailed = "audit-failed"
  case conditionsUnmet = "conditions-unmet"
}
