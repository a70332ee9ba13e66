internal import Core

/// What it takes to embed some rows: tokens, time at the endpoint's limits, dollars.
package struct Forecast: Sendable, Equatable {
  /// UTF-8 bytes that make up a token on average.
  ///
  /// OpenAI's own limiter counts like this, too, before it has counted tokens; of other languages than
  /// English, and of code, the same bytes are more tokens.
  package static let bytesPerToken = 4.0

  package let rows: Int
  /// Whether counting was given up at `rows`.
  package let hasMoreRows: Bool
  package let requests: Int
  package let tokens: Int
  /// Nil where the endpoint tells no limit.
  package let minutes: Double?
  /// Nil where the model's price is not known.
  package let dollars: Double?

  /// - Parameters:
  ///   - rows: That wait.
  ///   - hasMoreRows: Whether more may wait than were counted.
  ///   - bytesPerText: UTF-8 bytes of a row's text on average.
  ///   - model: Whose price it is, by its name.
  ///   - batch: Texts in one request.
  ///   - limits: What the endpoint lets through.
  package init(
    rows: Int, hasMoreRows: Bool = false, bytesPerText: Double, model: String, batch: Int,
    limits: RateLimits = RateLimits()
  ) {
    self.rows = rows
    self.hasMoreRows = hasMoreRows
    let requests = (rows + batch - 1) / batch
    self.requests = requests
    let tokens = Double(rows) * bytesPerText / Forecast.bytesPerToken
    self.tokens = Int(tokens.rounded(.up))
    let needed = [
      limits.requests.perMinute.map { Double(requests) / $0 },
      limits.tokens.perMinute.map { tokens / $0 },
    ]
    // A limit of nothing lets nothing through, ever.
    minutes = needed.compactMap(\.self).max().flatMap { $0.isFinite ? $0 : nil }
    dollars = KnownModel.named(model)?.dollarsPerMillionTokens.map { tokens * $0 / 1e6 }
  }

  /// The forecast as a person says it.
  package var text: String {
    guard rows > 0 else { return "no row waits" }
    let time =
      minutes.map { $0 < 1 ? "less than a minute" : "about \(Duration.seconds($0 * 60).text)" }
    return [
      (hasMoreRows ? "more than " : "") + rows.counted("row"), "about \(tokens.counted("token"))",
      time.map { "\($0) at your limit" } ?? "the endpoint tells no limit",
      dollars.map { "about \(dollarText($0))" } ?? "price not known",
    ].joined(separator: ", ")
  }
}
