internal import Glibc

/// A port that is taken but on which nothing listens, so that it refuses connections for certain.
package final class RefusingPort: Sendable {
  package let port: Int
  private let socket: Int32

  package init() {
    (socket, port) = boundSocket()
  }

  deinit {
    close(socket)
  }
}

/// A port that takes no connection and refuses none: its queue of waiting connections is full.
package final class DeafPort: Sendable {
  package let port: Int
  private let sockets: [Int32]

  package init() {
    let (listener, port) = listeningSocket(backlog: 0)
    self.port = port
    sockets =
      [listener]
      + (0..<4).map { _ in
        let client = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        _ = unsafe withLoopbackAddress(port: port) { unsafe connect(client, $0, $1) }
        return client
      }
  }

  deinit {
    for socket in sockets { close(socket) }
  }
}

/// A port whose server sends its bytes unasked and then ends the connection.
package final class UnaskedServer: Sendable {
  package let port: Int
  private let listener: Int32

  package convenience init(_ text: String) {
    self.init(Array(text.utf8))
  }

  package init(_ bytes: [UInt8]) {
    (listener, port) = listeningSocket(backlog: 8)
    startThread { [listener] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        _ = send(bytes, on: connection)
        // What the client has sent must be read first: closing before that is a reset.
        shutdown(connection, Int32(SHUT_WR))
        while receive(on: connection) != nil {}
        close(connection)
      }
      close(listener)
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
  }
}

func listeningSocket(backlog: Int32) -> (socket: Int32, port: Int) {
  let (socket, port) = boundSocket()
  precondition(listen(socket, backlog) == 0, "a test server cannot listen")
  return (socket, port)
}

private func boundSocket() -> (socket: Int32, port: Int) {
  let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  let code = unsafe withLoopbackAddress(port: 0) { unsafe bind(socket, $0, $1) }
  precondition(socket >= 0 && code == 0, "a test server cannot bind a loopback port")
  var address = sockaddr_in()
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let named = unsafe withUnsafeMutablePointer(to: &address) { address in
    unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe getsockname(socket, $0, &size)
    }
  }
  precondition(named == 0, "a test server cannot read its port")
  return (socket, Int(UInt16(bigEndian: address.sin_port)))
}

private func withLoopbackAddress<Result>(
  port: Int, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return unsafe withUnsafePointer(to: address) { address in
    unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe use($0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}

/// Sends all bytes; false once the client has gone.
func send(_ bytes: [UInt8], on connection: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes {
      unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}

/// Waits for bytes; nil at the end of the connection.
func receive(on connection: Int32) -> ArraySlice<UInt8>? {
  var buffer = [UInt8](repeating: 0, count: 65_536)
  let count = unsafe recv(connection, &buffer, buffer.count, 0)
  return count > 0 ? buffer[..<count] : nil
}

/// A thread of its own, since a blocking call would hold up a shared pool.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let box = unsafe Unmanaged.passRetained(Box(body))
  let code = unsafe pthread_create(
    &thread, nil,
    { box in
      guard let box = unsafe box else { return nil }
      unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  precondition(code == 0, "no thread for a test server")
  pthread_detach(thread)
}
