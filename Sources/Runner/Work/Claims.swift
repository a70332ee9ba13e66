internal import Postgres

/// The batches of one process that no worker has begun yet.
///
/// They are claimed ahead, several with one statement, while other requests are under way: a worker
/// that is done with one batch does not wait for the database to begin the next.
actor Claims {
  private let queue: RunQueue
  private let batch: Int
  /// How many batches one statement claims.
  nonisolated let ahead: Int
  private let ramp: Ramp
  private var ready: [Batch] = []
  /// Whether the last claim gave less than was asked for, so that another would find nothing.
  private var isLast = false
  private var claim: Task<Found, Never>?

  /// How many batches a claim found.
  private typealias Found = Result<Int, PostgresFault>

  /// - Parameters:
  ///   - queue: on a connection of its own.
  ///   - batch: how many items a worker takes at once.
  ///   - workers: how many there are; half as many batches are claimed at once.
  ///   - ramp: how far the run may go by now.
  init(queue: RunQueue, batch: Int, workers: Int, ramp: Ramp) {
    self.queue = queue
    self.batch = batch
    self.ramp = ramp
    ahead = max(1, workers / 2)
  }

  /// Batches that have to be kept leased until a worker takes them.
  var tokens: [String] { ready.map(\.token) }

  /// The next batch, or nil where nothing can be claimed now.
  func next() async throws(PostgresFault) -> Batch? {
    // What one claim found may all be gone to workers that waited for it, too.
    while ready.isEmpty {
      guard try await claimed().value.get() > 0 else { return nil }
    }
    let next = ready.removeFirst()
    if ready.count <= ahead / 2, !isLast { _ = claimed() }
    return next
  }

  /// Gives the claim under way up: nobody waits for it any more.
  func cancel() { claim?.cancel() }

  /// Gives back what nobody has begun: the run rests, or this process leaves it.
  func giveBack() async {
    _ = await claim?.value
    let given = ready
    ready = []
    for batch in given {
      let isGiven: Void? = try? await queue.release(
        batch.items, token: batch.token, wait: .zero, softFaults: 0)
      // Where the database does not answer, the leases run out by themselves.
      guard isGiven != nil else { return }
    }
  }

  /// Forgets batches that are another worker's by now.
  func drop(_ tokens: some Sequence<String>) {
    let lost = Set(tokens)
    ready.removeAll { lost.contains($0.token) }
  }

  /// The claim under way, or else a new one.
  private func claimed() -> Task<Found, Never> {
    if let claim { return claim }
    let (queue, batch, ahead, positions) = (queue, batch, ahead, ramp.limit)
    let task = Task { () -> Found in
      let result: Result<Claimed, PostgresFault>
      do throws(PostgresFault) {
        result = .success(try await queue.claim(batch, batches: ahead, positions: positions))
      } catch {
        result = .failure(error)
      }
      return take(result)
    }
    claim = task
    return task
  }

  private func take(_ result: Result<Claimed, PostgresFault>) -> Found {
    claim = nil
    return result.map { claimed in
      ready += claimed.batches
      isLast = claimed.count < ahead
      return claimed.count
    }
  }
}
