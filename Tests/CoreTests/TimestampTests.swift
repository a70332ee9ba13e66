import Core
import Testing

@Suite("A moment")
struct TimestampTests {
  @Test(
    "It is written as RFC 3339 does, in Universal Time",
    arguments: [
      (Int64(0), "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"), (1_709_251_199_999, "2024-02-29T23:59:59Z"),
      (1_795_499_100_000, "2026-11-24T05:45:00Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
      (-2_208_988_800_000, "1900-01-01T00:00:00Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
    ])
  func rfc3339(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
  }

  @Test("Now is after this test was written")
  func now() {
    #expect(Timestamp.now.milliseconds > 1_767_225_600_000)
  }
}

@Suite("A deadline")
struct DeadlineTests {
  @Test("What ends in time gives its value")
  func inTime() async throws {
    #expect(try await withDeadline(.seconds(60)) { 7 } == 7)
  }

  @Test("What does not end is cancelled")
  func tooLate() async {
    await #expect(throws: DeadlineExceeded(limit: .milliseconds(5))) {
      try await withDeadline(.milliseconds(5)) { try await Task.sleep(for: .seconds(600)) }
    }
  }

  @Test("What fails in time throws its own fault")
  func fault() async {
    struct Fault: Error, Equatable {}
    await #expect(throws: Fault()) {
      try await withDeadline(.seconds(60)) { throw Fault() }
    }
  }
}
