import Dispatch
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One HTTP/1.1 exchange on a connection of its own, with nothing between the test and the socket.
enum RawHTTP {
  struct Reply: Equatable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    /// Whether the body is as long as the header said.
    var isWhole: Bool

    var text: String { String(decoding: body, as: UTF8.self) }

    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try JSONDecoder().decode(type, from: Data(body))
    }
  }

  enum Fault: Error, Equatable {
    case refused
    case noConnection(Int32)
    case closedWithoutAnswer
    /// Nothing came for the time that was given.
    case silent
    case notHTTP(String)
  }

  static func send(
    _ method: String = "GET", _ path: String, port: UInt16, bearer: String? = nil,
    headers: [String: String] = [:], body: String = "", patience: Duration = .seconds(20)
  ) async throws -> Reply {
    var request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    if let bearer { request += "Authorization: Bearer \(bearer)\r\n" }
    for (name, value) in headers { request += "\(name): \(value)\r\n" }
    request += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    // On a thread of its own, which a queue with a name has: one of the cooperative pool, or of the
    // global queues beside it, would be missing to the server while it waits.
    let received = await withCheckedContinuation { continuation in
      DispatchQueue(label: "raw HTTP").async { [request] in
        continuation.resume(returning: Result { try exchange(request, port, patience) })
      }
    }
    return try parse(try received.get())
  }

  private static func exchange(
    _ request: String, _ port: UInt16, _ patience: Duration
  ) throws -> [UInt8] {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var wait = timeval()
    wait.tv_sec = Int(patience.components.seconds)
    wait.tv_usec = Int(patience.components.attoseconds / 1_000_000_000_000)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      throw errno == ECONNREFUSED ? Fault.refused : Fault.noConnection(errno)
    }
    var rest = Array(request.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), nil, 0)
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EAGAIN { throw Fault.silent }
      guard count > 0 else { return answer }
      answer += buffer[..<count]
    }
  }

  private static func parse(_ bytes: [UInt8]) throws -> Reply {
    guard !bytes.isEmpty else { throw Fault.closedWithoutAnswer }
    let end = Array("\r\n\r\n".utf8)
    let split = bytes.indices.first { bytes[$0...].starts(with: end) }
    guard let split else { throw Fault.notHTTP(String(decoding: bytes.prefix(80), as: UTF8.self)) }
    let head = String(decoding: bytes[..<split], as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]) else { throw Fault.notHTTP(head) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
    }
    let body = Array(bytes[(split + end.count)...])
    let announced = headers["content-length"].flatMap { Int($0) }
    return Reply(
      status: status, headers: headers, body: body, isWhole: announced == body.count)
  }
}
