internal import Core

/// How long to wait after a number of failures in a row: exponential with full jitter, after
/// Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
struct Backoff: Sendable {
  let first: Duration
  let longest: Duration

  /// Between requests to a provider; the figures are those of OpenAI's own clients, with a longer
  /// ceiling, since a run has more time than a person.
  static let provider = Backoff(first: .milliseconds(500), longest: .seconds(60))
  static let database = Backoff(first: .milliseconds(100), longest: .seconds(5))

  /// The wait after this many failures, counted from 1.
  ///
  /// - Parameters:
  ///   - failures: how many there were in a row.
  ///   - share: how much of the ceiling to take, from 0 to 1; by chance where nothing is said.
  /// - Returns: a wait between nothing and the ceiling.
  func wait(after failures: Int, share: Double = .random(in: 0...1)) -> Duration {
    let ceiling = min(longest, first * Double(1 << min(20, max(0, failures - 1))))
    return ceiling * share
  }
}
