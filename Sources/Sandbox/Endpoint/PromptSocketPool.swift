internal import FlyingFox
internal import FlyingSocks

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The server's event pool, with Nagle's algorithm turned off on each socket.
///
/// The server writes the header and the body of an answer apart. With Nagle's algorithm the body
/// would wait for the other side's delayed acknowledgement of the header, 40 ms on Linux.
struct PromptSocketPool: AsyncSocketPool {
  private let events: any AsyncSocketPool

  init() {
    events = HTTPServer.defaultPool()
  }

  func prepare() async throws { try await events.prepare() }

  func run() async throws { try await events.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    // An accepted socket inherits the option from the listening one, which waits here first.
    if events.contains(.read) {
      let noDelay = BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY)
      try? socket.setValue(true, for: noDelay)
    }
    try await self.events.suspendSocket(socket, untilReadyFor: events)
  }
}
