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

  /// The day in which the moment lies.
  package var day: Day { Timestamp.day(after1970: days) }

  private var seconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
  }

  private var days: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

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
