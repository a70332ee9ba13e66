import Core
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("The contact to a run's server")
struct ContactTests {
  @Test("is recent from the first time that it did something, for a minute after the last")
  func recent() {
    let contact = Contact()
    let start = ContinuousClock.now
    #expect(!contact.isRecent(at: start))
    contact.note(at: start)
    #expect(contact.isRecent(at: start))
    #expect(contact.isRecent(at: start + .seconds(59)))
    #expect(!contact.isRecent(at: start + .seconds(60)))
    contact.note(at: start + .seconds(70))
    #expect(contact.isRecent(at: start + .seconds(129)))
    #expect(!contact.isRecent(at: start + .seconds(130)))
  }

  @Test("begins with the first connection, which may be lost before its first statement")
  func lostAtOnce() async throws {
    try await TestWorld.run { world in
      let relay = Relay(to: try #require(world.databasePort))
      defer { relay.stop() }
      relay.cutNextStatement()
      let database = Database(world.url(at: relay.port))
      #expect(try await database.query("select 'there' as answer").first?.text("answer") == "there")
      await database.close()
    }
  }
}
