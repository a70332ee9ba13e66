import Dispatch
import Glibc
import Synchronization

/// A port of 127.0.0.1 on which something that is not Postgres waits for connections.
final class RawListener: Sendable {
  enum Manner: Sendable {
    /// Accepts, and never says a word.
    case silent
    /// Answers anything with an HTTP error.
    case http
    /// Accepts, and closes at once.
    case closing
  }

  let port: Int
  private let socket: Int32
  private let accepted = Mutex<[Int32]>([])

  init(_ manner: Manner) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = socket
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = unsafe bind(socket, address, length)
        _ = unsafe getsockname(socket, address, &length)
      }
    }
    listen(socket, 8)
    port = Int(UInt16(bigEndian: address.sin_port))
    DispatchQueue(label: "listener").async { self.serve(manner) }
  }

  private func serve(_ manner: Manner) {
    while true {
      let client = accept(socket, nil, nil)
      guard client >= 0 else { break }
      switch manner {
      case .silent: accepted.withLock { $0.append(client) }
      case .closing: close(client)
      case .http:
        var request = [UInt8](repeating: 0, count: 512)
        _ = unsafe recv(client, &request, request.count, 0)
        let reply = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
        _ = unsafe send(client, reply, reply.count, Int32(MSG_NOSIGNAL))
        close(client)
      }
    }
    // Closed here alone: a number closed while this thread still accepts on it may be another
    // listener's by then.
    close(socket)
  }

  /// Stops listening, so that the port refuses.
  func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    for client in accepted.withLock({ $0 }) { close(client) }
  }
}
