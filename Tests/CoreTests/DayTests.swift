import Core
import Testing

@Suite("A day") struct DayTests {
  @Test(
    "is written as it is read", arguments: ["2026-11-24", "2024-02-29", "2000-02-29", "0001-01-01"])
  func readAndWritten(_ text: String) {
    #expect(Day(text: text)?.description == text)
  }

  @Test(
    "that no calendar has, or in another form, is none",
    arguments: [
      "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00",
      "0000-01-01",
      "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01T00:00:00Z", "+026-01-01", "", "２０２６-01-01",
    ])
  func refused(_ text: String) {
    #expect(Day(text: text) == nil)
  }

  @Test("comes before the next one, over months and years")
  func order() throws {
    let days = try ["2026-11-24", "2026-11-25", "2026-12-01", "2027-01-01"].map {
      try #require(Day(text: $0))
    }
    #expect(days == days.sorted())
    #expect(Set(days).count == 4)
  }

  @Test("is that of a moment in Universal Time")
  func ofTimestamp() {
    #expect(Timestamp(milliseconds: 1_795_478_399_999).rfc3339 == "2026-11-23T23:59:59Z")
    #expect(Timestamp(milliseconds: 1_795_478_399_999).day == Day(text: "2026-11-23"))
    #expect(Timestamp(milliseconds: 1_795_478_400_000).day == Day(text: "2026-11-24"))
  }
}
