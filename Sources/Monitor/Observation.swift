/// One look at a run under way: totals since its start, counted in the database.
package struct Observation: Sendable, Equatable {
  /// Since the run's first claim.
  package var at: Duration
  package var total: Int
  package var processed: Int
  package var failed: Int
  /// Items whose source row is gone or has no text any more.
  package var skipped: Int
  /// Requests under way in this process.
  package var inFlight: Int
  package var requests: Int
  package var retries: Int
  package var tokens: Int
  /// Whether the provider asked everybody to wait, and the time has not come yet.
  package var isPaused: Bool
  /// Whether the provider fails for everybody, and is only asked now and then whether it is back.
  package var isOut: Bool
  /// The latest fault in words, for the reason of an abort.
  package var latestFault: String?

  package init(
    at: Duration, total: Int, processed: Int = 0, failed: Int = 0, skipped: Int = 0,
    inFlight: Int = 0, requests: Int = 0, retries: Int = 0, tokens: Int = 0,
    isPaused: Bool = false, isOut: Bool = false,
    latestFault: String? = nil
  ) {
    self.at = at
    self.total = total
    self.processed = processed
    self.failed = failed
    self.skipped = skipped
    self.inFlight = inFlight
    self.requests = requests
    self.retries = retries
    self.tokens = tokens
    self.isPaused = isPaused
    self.isOut = isOut
    self.latestFault = latestFault
  }

  /// Items that need no more work.
  package var finished: Int { processed + failed + skipped }
}
