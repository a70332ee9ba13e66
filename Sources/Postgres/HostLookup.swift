internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Looks a host's addresses up on a thread that nobody has to wait for.
///
/// libpq would look them up itself, and block in it for as long as the resolver likes. A look-up that
/// is given up ends on its own when the resolver does. Addresses that this machine has no way to come
/// along, last: a host that has no others is not to be taken for none.
final class HostLookup: Sendable {
  private let wakeUp: WakeUp
  private let answer = Mutex<[String]?>(nil)

  private init(wakeUp: WakeUp) {
    self.wakeUp = wakeUp
  }

  /// The numeric addresses of a host, in the resolver's order; none for a name it does not know.
  static func addresses(
    of host: String, wakeUp: WakeUp, until deadline: Deadline
  ) throws(Interruption) -> [String] {
    if let literal = lookUp(host, flags: AI_NUMERICHOST).first { return [literal] }
    let lookup = HostLookup(wakeUp: wakeUp)
    DispatchQueue(label: "preflight.resolver").async {
      let addresses = HostLookup.lookUp(host, flags: 0)
      lookup.answer.withLock { $0 = addresses }
      lookup.wakeUp.signal()
    }
    while true {
      if let addresses = lookup.answer.withLock({ $0 }) { return addresses }
      _ = try wait(for: [], on: nil, or: wakeUp, until: deadline, isCancellable: true)
    }
  }

  private static func lookUp(_ host: String, flags: Int32) -> [String] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = flags
    var first: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { unsafe freeaddrinfo(first) }
    var addresses: [String] = []
    var next = unsafe first
    while let entry = unsafe next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let status = unsafe getnameinfo(
        entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
        NI_NUMERICHOST)
      if status == 0 {
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        addresses.append(String(decoding: bytes, as: UTF8.self))
      }
      unsafe next = entry.pointee.ai_next
    }
    return addresses
  }
}
