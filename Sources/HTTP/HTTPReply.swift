/// What a server answered, whatever its status; a redirection is an answer and is not followed.
package struct HTTPReply: Sendable {
  /// A header's name, in the server's own spelling, and its value.
  package typealias Header = (name: String, value: String)

  package let status: Int
  /// In the server's order; the names are in lower case.
  package let headers: [Header]
  package let body: [UInt8]
  package let timings: PhaseTimings

  package init(
    status: Int, headers: [Header] = [], body: [UInt8] = [], timings: PhaseTimings = PhaseTimings()
  ) {
    self.status = status
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
    self.body = body
    self.timings = timings
  }

  /// The first value of a header, whose name may be written in any case.
  package func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name == name }?.value
  }
}

/// How long each phase of a request took; a phase that a reused connection skips took no time.
package struct PhaseTimings: Sendable, Equatable {
  package let nameLookup: Duration
  package let connect: Duration
  package let tls: Duration
  /// From the request being ready to be sent until the first byte of the answer.
  package let firstByte: Duration
  /// All of it, from the start to the last byte.
  package let total: Duration

  package init(
    nameLookup: Duration = .zero, connect: Duration = .zero, tls: Duration = .zero,
    firstByte: Duration = .zero, total: Duration = .zero
  ) {
    self.nameLookup = nameLookup
    self.connect = connect
    self.tls = tls
    self.firstByte = firstByte
    self.total = total
  }
}
