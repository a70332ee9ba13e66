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
}
