internal import Dispatch
internal import Glibc
internal import Synchronization

/// A port of 127.0.0.1 before another one, through which everything comes until it is told otherwise.
package final class Relay: Sendable {
  package let port: UInt16
  private let socket: Int32
  private let target: UInt16
  private let state = Mutex(State())
  private let gate = DispatchSemaphore(value: 1)

  private struct State {
    var isSilent = false
    var cutsStatement = false
    var arrived = 0
    var open: [Int32] = []
  }

  /// - Parameter target: The port that it stands before.
  package init(to target: UInt16) {
    self.target = target
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let socket = socket
    unsafe Relay.with(port: 0) { address, length in
      _ = unsafe bind(socket, address, length)
    }
    listen(socket, 64)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = unsafe getsockname(socket, address, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    thread { self.serve() }
  }

  /// Drops whatever comes from now on, from either side, and leaves the connections open.
  package func silence() { state.withLock { $0.isSilent = true } }

  /// Ends the next connection over which a statement is sent to a Postgres server, before it gets there.
  package func cutNextStatement() { state.withLock { $0.cutsStatement = true } }

  /// Lets nobody through who comes from now on, until `letGo`.
  package func hold() { gate.wait() }

  /// Lets those through who were held up.
  package func letGo() { gate.signal() }

  /// How many have come, held up or not.
  package var arrived: Int { state.withLock { $0.arrived } }

  /// Ends it all.
  package func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    for socket in state.withLock({ $0.open }) { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  private func serve() {
    while true {
      let client = accept(socket, nil, nil)
      guard client >= 0 else { break }
      state.withLock { $0.arrived += 1 }
      gate.wait()
      gate.signal()
      let server = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      unsafe Relay.with(port: target) { address, length in
        _ = unsafe connect(server, address, length)
      }
      state.withLock { $0.open += [client, server] }
      thread { self.carry(from: client, to: server, isFromClient: true) }
      thread { self.carry(from: server, to: client, isFromClient: false) }
    }
    close(socket)
  }

  private func carry(from source: Int32, to sink: Int32, isFromClient: Bool) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(source, &bytes, bytes.count, 0)
      guard count > 0 else { break }
      if state.withLock({ $0.isSilent }) { continue }
      if isFromClient, cuts(before: bytes[0]) {
        shutdown(source, Int32(SHUT_RDWR))
        break
      }
      _ = unsafe send(sink, bytes, count, Int32(MSG_NOSIGNAL))
    }
    // Shut only: its number must not become another socket's while the other direction still runs.
    if !state.withLock({ $0.isSilent }) { shutdown(sink, Int32(SHUT_RDWR)) }
  }

  /// Whether a statement begins here, and is the one that does not come through: `Query` or `Parse` ("Message
  /// Formats" in the Postgres protocol's manual).
  private func cuts(before type: UInt8) -> Bool {
    state.withLock { state in
      guard state.cutsStatement, type == UInt8(ascii: "Q") || type == UInt8(ascii: "P") else {
        return false
      }
      state.cutsStatement = false
      return true
    }
  }

  private static func with(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe body(address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// Does something that blocks, on a thread beyond those that the tests run on.
private func thread(_ work: @escaping @Sendable () -> Void) {
  DispatchQueue(label: "relay").async(execute: work)
}
