import Core
import HTTP
import ScriptedServer
import Testing

/// Giving up: by the task, by the client, and what is left of it.
@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
  @Test("A cancelled task gives its transfer up at once, and the server sees the client leave")
  func cancelled() async throws {
    let client = HTTPClient()
    let server = ScriptedServer { _ in [.hang] }
    var events = server.events.makeAsyncIterator()
    let task = Task {
      try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(600)))
    }
    guard case .received = await events.next() else {
      Issue.record("no request came")
      return
    }
    task.cancel()
    await #expect(throws: HTTPFault.cancelled) { try await task.value }
    guard case .clientLeft = await events.next() else {
      Issue.record("the connection stayed open")
      return
    }
  }

  @Test("A task that is cancelled before it sends is told so, and nothing hangs")
  func cancelledBefore() async {
    let client = HTTPClient()
    let server = ScriptedServer { _ in [.hang] }
    // Many times over, since what is guarded against is a race.
    for _ in 0..<300 {
      let task = Task {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        return try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(600)))
      }
      await #expect(throws: HTTPFault.cancelled) { try await task.value }
    }
  }

  @Test("One cancelled transfer leaves the others alone")
  func othersGoOn() async throws {
    let client = HTTPClient()
    let silent = ScriptedServer { _ in [.hang] }
    let server = ScriptedServer { _ in [.answer("ok")] }
    var events = silent.events.makeAsyncIterator()
    let task = Task {
      try await client.send(HTTPRequest(.get, silent.url, timeout: .seconds(600)))
    }
    _ = await events.next()
    task.cancel()
    let reply = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    #expect(reply.status == 200)
    await #expect(throws: HTTPFault.cancelled) { try await task.value }
  }

  @Test("Closing the client ends what is under way, and later requests")
  func closed() async throws {
    let client = HTTPClient()
    let server = ScriptedServer { _ in [.hang] }
    var events = server.events.makeAsyncIterator()
    let task = Task {
      try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(600)))
    }
    _ = await events.next()
    client.close()
    await #expect(throws: HTTPFault.cancelled) { try await task.value }
    await #expect(throws: HTTPFault.cancelled) {
      try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    }
    client.close()
  }

  @Test("A client that is let go closes its connections")
  func letGo() async throws {
    let server = ScriptedServer { _ in [.answer("ok"), .hang] }
    var events = server.events.makeAsyncIterator()
    do {
      let client = HTTPClient()
      _ = try await client.send(HTTPRequest(.get, server.url, timeout: .seconds(10)))
    }
    _ = await events.next()
    guard case .clientLeft = await events.next() else {
      Issue.record("the connection stayed open")
      return
    }
  }
}
