import Postgres
import Testing

@Suite("Notifications", .timeLimit(.minutes(1)))
struct NotificationTests {
  @Test("what was notified on a channel comes once, in order, and what was rolled back never")
  func received() async throws {
    try await TestDatabase.run { database, other in
      let listener = try await database.connect()
      try await listener.script("listen words", timeout: .seconds(5))
      #expect(try await listener.notifications(timeout: .seconds(5)) == [])
      try await other.script("notify words, 'one'", timeout: .seconds(5))
      try await other.script("begin; notify words, 'none'; rollback", timeout: .seconds(5))
      try await other.script("notify elsewhere; notify words", timeout: .seconds(5))
      #expect(
        try await listener.notifications(timeout: .seconds(5)) == [
          Notification(channel: "words", payload: "one"),
          Notification(channel: "words", payload: ""),
        ])
      #expect(try await listener.notifications(timeout: .seconds(5)) == [])
      await listener.close()
      await #expect(throws: PostgresFault.self) {
        try await listener.notifications(timeout: .seconds(5))
      }
    }
  }
}
