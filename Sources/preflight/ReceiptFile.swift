internal import ArgumentParser
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

  /// Takes an older receipt away before anything is asked, so that none of it outlives a check that
  /// does not end in *go*, however it ends.
  ///
  /// A file that is no receipt stays as it is.
  /// - Throws: How the program ends where that was not possible, after saying why.
  func takeAway() throws(ExitCode) {
    guard InputFile.exists(path) else { return }
    do throws(UnreadableFile) {
      if try isReceipt() { return try InputFile.remove(path) }
    } catch {
      throw refuse("the older receipt cannot be taken away: \(error.words)", as: .internalFault)
    }
    throw refuse(
      "it is no receipt, and stays as it is; name another file, or remove it", as: .usage)
  }

  private func isReceipt() throws(UnreadableFile) -> Bool {
    guard try InputFile.isRegular(path) else { return false }
    return ReceiptDocument.isReceipt(
      try InputFile.contents(of: path, atMost: Limit.checklistBytes))
  }

  private func refuse(_ words: String, as status: ExitStatus) -> ExitCode {
    session.output.note("\(path.escaped): \(words)\n")
    return ExitCode(status.rawValue)
  }

  /// Writes the receipt of a *go*.
  ///
  /// - Returns: How the program ends where that was not possible, after saying why.
  func keep(_ verdict: Verdict) async -> ExitStatus? {
    do throws(TargetFault) {
      let target = try await session.services.target(of: session.checklist)
      let receipt = Receipt.of(
        verdict, session.checklist, in: phase, target: target, toolVersion: Preflight.version,
        at: .now)
      guard let receipt else { return nil }
      return write(ReceiptDocument.text(of: receipt))
    } catch {
      session.output.note("no receipt: \(error.message)\n")
      return .undecided
    }
  }

  private func write(_ document: String) -> ExitStatus? {
    do throws(ReportFile.Fault) {
      try ReportFile.write(session.output.redacted(document), to: path)
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
