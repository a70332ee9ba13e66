internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import Reports

/// The file in which a *go* is kept for a run that comes later.
struct ReceiptFile {
  let path: String
  let session: Session
  let phase: Phase

  /// Why no clearance came of a receipt.
  enum Fault: Error {
    /// It is there, and does not hold.
    case refused([String])
    /// Nobody can tell whether it holds.
    case unknown(String)

    /// How the program ends on it.
    var status: ExitStatus {
      switch self {
      case .refused: .noGo
      case .unknown: .undecided
      }
    }

    var reasons: [String] {
      switch self {
      case .refused(let reasons): reasons
      case .unknown(let reason): [reason]
      }
    }
  }

  /// Writes the receipt of a *go*, and removes an older one where there is none.
  ///
  /// - Parameter verdict: A *go*; nil for everything else.
  /// - Returns: How the program ends where that was not possible, after saying why.
  func keep(_ verdict: Verdict?) async -> ExitStatus? {
    guard let verdict else {
      // What was true once must not clear a run now.
      InputFile.remove(path)
      return nil
    }
    do throws(TargetFault) {
      let target = try await session.services.target(of: session.checklist)
      let receipt = Receipt.of(
        verdict, session.checklist, in: phase, target: target, toolVersion: Preflight.version,
        at: .now)
      guard let receipt else { return nil }
      return write(ReceiptDocument.text(of: receipt))
    } catch {
      InputFile.remove(path)
      session.output.note("no receipt: \(error.message)\n")
      return .undecided
    }
  }

  private func write(_ document: String) -> ExitStatus? {
    do throws(ReportFile.Fault) {
      try ReportFile.write(session.redactor.redact(document), to: path)
      return nil
    } catch {
      session.output.note("\(error.message)\n")
      return .internalFault
    }
  }

  /// Leave for a run of the session's checklist before the target as it is now.
  ///
  /// - Parameter limit: The greatest age of the receipt.
  /// - Returns: The leave.
  /// - Throws: All that speaks against the receipt, or why nobody can tell.
  func clearance(olderThan limit: Duration) async throws(Fault) -> Clearance {
    let receipt = try read()
    let target: TargetIdentity
    do throws(TargetFault) {
      target = try await session.services.target(of: session.checklist)
    } catch {
      throw .unknown("it cannot be held against the target: \(error.message)")
    }
    do throws(Receipt.Refused) {
      return try receipt.clearance(
        for: session.checklist, in: phase, target: target, olderThan: limit, at: .now)
    } catch {
      throw .refused(error.reasons.map(\.message))
    }
  }

  private func read() throws(Fault) -> Receipt {
    let bytes: [UInt8]
    do throws(UnreadableFile) {
      bytes = try InputFile.contents(of: path, atMost: Limit.checklistBytes)
    } catch {
      throw .unknown("it cannot be read: \(error.words)")
    }
    do throws(ReceiptDocument.Fault) {
      return try ReceiptDocument.read(bytes)
    } catch {
      throw .unknown(error.message)
    }
  }
}
