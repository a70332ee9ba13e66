internal import FlyingFox
internal import FlyingSocks

/// The connection is to be closed here, on purpose.
private struct ClosedOnPurpose: Error {}

/// A body of which these bytes come, and then the end of the connection, or nothing at all.
struct Interrupted: AsyncBufferedSequence {
  typealias Element = UInt8

  let bytes: ArraySlice<UInt8>
  let isSilent: Bool

  init(_ bytes: ArraySlice<UInt8>, isSilent: Bool = false) {
    self.bytes = bytes
    self.isSilent = isSilent
  }

  func makeAsyncIterator() -> Iterator { Iterator(rest: bytes, isSilent: isSilent) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var rest: ArraySlice<UInt8>
    let isSilent: Bool

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else {
        // A server that falls silent keeps the connection until its client gives up.
        if isSilent { try await Task.sleep(for: .seconds(86_400)) }
        throw ClosedOnPurpose()
      }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }
}

/// A body that comes byte by byte, with a pause before each one.
struct Dripping: AsyncBufferedSequence {
  typealias Element = UInt8

  let rest: ArraySlice<UInt8>
  let pause: Duration

  func makeAsyncIterator() -> Iterator { Iterator(rest: rest, pause: pause) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var rest: ArraySlice<UInt8>
    let pause: Duration

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else { return nil }
      // Not to wait for anything: slowness is what is asked of this answer.
      try await Task.sleep(for: pause)
      defer { rest = rest.dropFirst() }
      return rest.prefix(1)
    }
  }
}

/// A body that does not end before its reader goes away.
struct Endless: AsyncBufferedSequence {
  typealias Element = UInt8

  func makeAsyncIterator() -> Iterator { Iterator() }

  struct Iterator: AsyncBufferedIteratorProtocol {
    private static let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)[...]

    mutating func next() async throws -> UInt8? { UInt8(ascii: " ") }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      Iterator.spaces
    }
  }
}

/// A switch of protocols that never happens, so that the server closes the connection.
struct RefusedSwitch: WSHandler {
  func makeFrames(
    for client: AsyncThrowingStream<WSFrame, any Error>
  ) async throws -> AsyncStream<WSFrame> {
    throw ClosedOnPurpose()
  }
}
