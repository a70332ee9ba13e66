internal import Embeddings
package import Monitor
internal import Postgres

/// A fault that ends the whole run, since no other item would fare better.
package struct RunAbort: Error, Sendable, Equatable {
  package let reason: AbortReason
  package let detail: String

  package init(_ reason: AbortReason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }
}

extension RunAbort {
  /// What a provider's fault means for the run.
  init(_ fault: EmbeddingFault) {
    let reason: AbortReason =
      switch fault.cause {
      case .wrongKey, .keyMissing, .forbidden, .regionBlocked: .wrongKey
      case .noQuota: .noQuota
      case .modelMissing, .otherModel: .wrongModel
      case .wrongURL, .redirected, .html, .proxyRefused, .unreachable: .wrongEndpoint
      case .dimensionsRefused, .wrongDimension: .dimensionMismatch
      case .rateLimited: .throttled
      case .otherLength, .otherVector: .endpointChanged
      default: .badReplies
      }
    self.init(reason, [fault.message, fault.fix].compactMap(\.self).joined(separator: "; "))
  }

  /// What a refusal of the database means for the run.
  ///
  /// - Parameters:
  ///   - fault: what Postgres said.
  ///   - progress: the name of the user's progress function, to tell its faults from the others.
  init(_ fault: PostgresFault, progress: String?) {
    guard case .server(let error) = fault, !fault.isTransient, !error.isOfTheServer else {
      self.init(.database, fault.told)
      return
    }
    let bare = progress.flatMap { $0.split(separator: ".").last }.map {
      $0.replacing("\"", with: "")
    }
    let told = error.message + " " + (error.context ?? "")
    if let bare, told.contains(bare) {
      self.init(.progressFunction, "the progress function \(bare) fails: \(fault.message)")
    } else if error.message.contains("dimensions") {
      self.init(.dimensionMismatch, fault.message)
    } else {
      self.init(.refusedWrite, fault.message)
    }
  }
}

extension ServerError {
  /// Whether the server itself is in trouble, whatever it was asked: it lacks disk or memory (class 53), its
  /// system fails it (58), or its data is broken (XX).
  fileprivate var isOfTheServer: Bool {
    ["53", "58", "XX"].contains { sqlState.hasPrefix($0) }
  }
}

extension PostgresFault {
  /// What happened, and what mends it where a run can tell.
  var told: String {
    // Too many connections, of the server, the database or the role.
    guard sqlState == "53300" else { return message }
    return
      "\(message); a run opens up to \(RunSession.connections) connections: raise the limit, or "
      + "connect through a pooler"
  }
}
