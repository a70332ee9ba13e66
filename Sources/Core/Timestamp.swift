// A release build finds the fields of `timespec` in this module, to which Glibc's header leads.
internal import SwiftOverlayShims

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A moment in Universal Time.
package struct Timestamp: Sendable, Equatable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// This machine's wall clock.
  package static var now: Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The moment as RFC 3339 writes it, to the second: `2026-11-24T05:45:00Z`.
  package var rfc3339: String {
    let second = seconds - days * 86_400
    let parts = [second / 3600, second / 60 % 60, second % 60].map {
      $0 < 10 ? "0\($0)" : String($0)
    }
    return "\(day)T\(parts.joined(separator: ":"))Z"
  }

  /// Reads what `rfc3339` writes; nil for any other form.
  package init?(rfc3339 text: String) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].hasSuffix("Z"), let day = Day(text: String(parts[0])) else {
      return nil
    }
    let clock = parts[1].dropLast().split(separator: ":", omittingEmptySubsequences: false)
    let numbers = clock.compactMap { $0.utf8.count == 2 ? Int64($0) : nil }
    guard clock.count == 3, numbers.count == 3,
      zip(numbers, [24, 60, 60]).allSatisfy({ (0..<$1).contains($0) })
    else { return nil }
    let seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    self.init(milliseconds: (Timestamp.days(from1970To: day) * 86_400 + seconds) * 1_000)
  }

  /// The day in which the moment lies.
  package var day: Day { Timestamp.day(after1970: days) }

  private var seconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
  }

  private var days: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

  /// The number of a Gregorian date's day, after Howard Hinnant's `days_from_civil`.
  private static func days(from1970To day: Day) -> Int64 {
    let year = Int64(day.month <= 2 ? day.year - 1 : day.year)
    let era = year / 400
    let yearOfEra = year - era * 400
    let shiftedMonth = Int64(day.month > 2 ? day.month - 3 : day.month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day.day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The Gregorian date of a day number, after Howard Hinnant's `civil_from_days`
  /// (chrono-Compatible Low-Level Date Algorithms), whose year begins in March.
  private static func day(after1970 days: Int64) -> Day {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return Day(year: Int(year), month: Int(month), day: Int(day))
  }
}
