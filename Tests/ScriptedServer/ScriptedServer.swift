internal import Glibc
internal import Synchronization

/// A server on a free loopback port that answers each request with the bytes of a script.
///
/// It knows no HTTP beyond where a request ends, so that a test can plant any fault in an answer.
package final class ScriptedServer: Sendable {
  /// What the server does after it has read a request, in order.
  package enum Step: Sendable {
    case send(String)
    case sendBytes([UInt8])
    /// Sends nothing more and waits until the client goes away or the server is stopped.
    case hang
    case close
    /// Ends the connection with a TCP reset instead of an orderly end.
    case reset
  }

  package struct Request: Sendable {
    /// The request line and the headers, without the empty line after them.
    package let head: String
    package let body: [UInt8]

    package var bodyText: String { String(decoding: body, as: UTF8.self) }
  }

  package enum Event: Sendable {
    case received(Request)
    /// A client ended its connection while the server was hanging.
    case clientLeft
  }

  package let port: Int
  /// What happens at the server, for one reader.
  package let events: AsyncStream<Event>
  private let state: ServerState

  /// Starts to answer with what `script` makes of each request.
  package init(_ script: @escaping @Sendable (Request) -> [Step]) {
    let (listener, port) = listeningSocket(backlog: 64)
    let (events, report) = AsyncStream<Event>.makeStream()
    self.port = port
    self.events = events
    state = ServerState(listener: listener)
    startThread { [state] in
      while let connection = state.accept() {
        startThread { serve(connection, script, state, report) }
      }
      close(listener)
    }
  }

  deinit {
    state.stop()
  }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var requests: [Request] { state.requests }
  /// How many connections have been made so far.
  package var connectionCount: Int { state.connectionCount }
}

extension ScriptedServer.Step {
  /// A whole answer with its length, as a well-behaved server sends it.
  package static func answer(
    _ body: String, status: Int = 200, headers: [String] = [], type: String = "application/json"
  ) -> ScriptedServer.Step {
    let head =
      ["HTTP/1.1 \(status) Status", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
      + headers
    return .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }
}

/// What the server's threads share.
private final class ServerState: Sendable {
  private struct Contents {
    var open: Set<Int32> = []
    var connectionCount = 0
    var requests: [ScriptedServer.Request] = []
    var isStopped = false
  }

  private let listener: Int32
  private let contents = Mutex(Contents())

  init(listener: Int32) {
    self.listener = listener
  }

  var requests: [ScriptedServer.Request] { contents.withLock { $0.requests } }
  var connectionCount: Int { contents.withLock { $0.connectionCount } }

  func record(_ request: ScriptedServer.Request) {
    contents.withLock { $0.requests.append(request) }
  }

  /// Waits for the next connection; nil once the server is stopped.
  func accept() -> Int32? {
    let connection = Glibc.accept(listener, nil, nil)
    guard connection >= 0 else { return nil }
    return contents.withLock { contents in
      guard !contents.isStopped else {
        Glibc.close(connection)
        return nil
      }
      contents.open.insert(connection)
      contents.connectionCount += 1
      return connection
    }
  }

  func end(_ connection: Int32) {
    contents.withLock { contents in
      contents.open.remove(connection)
      Glibc.close(connection)
    }
  }

  /// Wakes every thread out of its system call; each one closes its own socket.
  func stop() {
    contents.withLock { contents in
      contents.isStopped = true
      for connection in contents.open { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }
}

private func serve(
  _ connection: Int32, _ script: (ScriptedServer.Request) -> [ScriptedServer.Step],
  _ state: ServerState, _ report: AsyncStream<ScriptedServer.Event>.Continuation
) {
  defer { state.end(connection) }
  while let request = nextRequest(on: connection) {
    state.record(request)
    report.yield(.received(request))
    for step in script(request) {
      switch step {
      case .send(let text): guard send(Array(text.utf8), on: connection) else { return }
      case .sendBytes(let bytes): guard send(bytes, on: connection) else { return }
      case .close: return
      case .reset:
        // Closing with a linger time of zero makes the system send a reset.
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
          connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        return
      case .hang:
        while receive(on: connection) != nil {}
        report.yield(.clientLeft)
        return
      }
    }
  }
}

private func nextRequest(on connection: Int32) -> ScriptedServer.Request? {
  var bytes: [UInt8] = []
  let end = Array("\r\n\r\n".utf8)
  while true {
    if let headEnd = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) {
      let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
      let length =
        head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        .flatMap { Int($0.drop { $0 != ":" }.dropFirst().trimmingPrefix(while: \.isWhitespace)) }
      let bodyStart = headEnd + end.count
      while bytes.count < bodyStart + (length ?? 0) {
        guard let more = receive(on: connection) else { return nil }
        bytes += more
      }
      return ScriptedServer.Request(head: head, body: Array(bytes[bodyStart...]))
    }
    guard let more = receive(on: connection) else { return nil }
    bytes += more
  }
}
