internal import Core
internal import HTTP

/// The time to wait before the next try, as an endpoint asks for it.
enum RetryWait {
  /// A longer wait is not believed to be meant: such headers are garbage.
  private static let longest = Duration.seconds(7 * 86_400)

  /// The wait by the first that is there: `retry-after-ms`, `retry-after` in seconds or as a date,
  /// the message's own "try again in" or "retry after", and the reset of an empty bucket.
  static func wait(in reply: HTTPReply, message: String?, now: Timestamp) -> Duration? {
    if let wait = duration(reply.header("retry-after-ms"), millisecondsEach: 1) { return wait }
    if let header = reply.header("retry-after") {
      if let wait = duration(header, millisecondsEach: 1000) { return wait }
      if let date = milliseconds(ofHTTPDate: header) {
        // The server's own clock, where it shows it: ours may be wrong.
        let sent = reply.header("date").flatMap { milliseconds(ofHTTPDate: $0) } ?? now.milliseconds
        let wait = Duration.milliseconds(max(0, date - sent))
        return wait <= longest ? wait : nil
      }
    }
    if let words = message?.lowercased() {
      let hints = ["try again in ", "retry after ", "retry in "].lazy.compactMap { phrase in
        words.firstRange(of: phrase).flatMap { duration(beginning: words[$0.upperBound...]) }
      }
      if let wait = hints.first { return wait }
    }
    let limits = RateLimits(of: reply)
    return [limits.requests, limits.tokens].filter { $0.remaining == 0 }.compactMap(\.reset).max()
  }

  /// Reads a duration as Go writes it (`12ms`, `1.5s`, `6m0s`), or bare seconds, at the beginning of
  /// a text; also `20 seconds`.
  static func duration(beginning text: Substring) -> Duration? {
    var rest = text
    var total: Duration?
    while true {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      // The full stop of a sentence is no decimal point.
      guard let amount = Double(plain: digits.hasSuffix(".") ? digits.dropLast() : digits),
        amount <= longest.seconds * 1000
      else { return total }
      rest = rest.dropFirst(digits.count)
      let word = rest.drop { $0 == " " }
      let units: [(name: String, seconds: Double)] = [
        ("ms", 0.001), ("milli", 0.001), ("min", 60), ("m", 60), ("h", 3600), ("s", 1), ("", 1),
      ]
      guard let unit = units.first(where: { word.hasPrefix($0.name) }) else { return total }
      if unit.name.isEmpty, total != nil { return total }
      total = (total ?? .zero) + .milliseconds(Int64((amount * unit.seconds * 1000).rounded()))
      guard let sum = total, sum <= longest else { return nil }
      rest = rest.dropFirst(unit.name.count)
    }
  }

  private static func duration(_ text: String?, millisecondsEach unit: Double) -> Duration? {
    guard let text, let amount = Double(plain: text),
      amount * unit <= Double(longest.milliseconds)
    else { return nil }
    return .milliseconds(Int64((amount * unit).rounded()))
  }

  /// Reads the one date format that RFC 9110 section 5.6.7 lets a server send:
  /// `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func milliseconds(ofHTTPDate text: String) -> Int64? {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = text.split { " :".contains($0) }
    guard parts.count == 8, parts[7] == "GMT", let day = Int64(parts[1]),
      let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
      let hour = Int64(parts[4]), let minute = Int64(parts[5]), let second = Int64(parts[6]),
      (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    // Days by Howard Hinnant's `days_from_civil`, whose year begins in March.
    let marchYear = month < 2 ? year - 1 : year
    let yearOfEra = marchYear % 400
    let dayOfYear = (153 * Int64((month + 10) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = marchYear / 400 * 146_097 + dayOfEra - 719_468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
  }
}
