internal import Synchronization

/// The batches that this process is working on, by their tokens.
final class InFlight: Sendable {
  private struct Held: Sendable {
    let work: Task<Void, any Error>
    var isLost = false
  }

  private let batches = Mutex<[String: Held]>([:])

  var tokens: [String] { batches.withLock { Array($0.keys) } }

  /// Works on a batch until it is done, or until its lease is found to be another worker's: then its
  /// requests are given up where they stand, and nothing is thrown.
  func work(on token: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let work = batches.withLock { batches in
      let work = Task { try await body() }
      batches[token] = Held(work: work)
      return work
    }
    let result = await withTaskCancellationHandler {
      await work.result
    } onCancel: {
      work.cancel()
    }
    let isLost = batches.withLock { $0.removeValue(forKey: token)?.isLost ?? false }
    do {
      try result.get()
    } catch {
      // What ends the run ends it, whoever holds the batch now.
      guard isLost, !(error is RunAbort) else { throw error }
    }
  }

  /// Gives batches up of which nothing is held any more.
  func drop(_ tokens: some Sequence<String>) {
    batches.withLock { batches in
      for token in tokens {
        batches[token]?.isLost = true
        batches[token]?.work.cancel()
      }
    }
  }
}
