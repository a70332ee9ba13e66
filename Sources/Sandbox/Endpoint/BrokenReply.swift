internal import FlyingFox
internal import FlyingSocks

/// The connection is to be closed here, on purpose.
private struct ClosedOnPurpose: Error {}

/// A body of which the first half comes, and then the end of the connection.
struct BrokenOff: AsyncBufferedSequence {
  typealias Element = UInt8

  let bytes: [UInt8]

  func makeAsyncIterator() -> Iterator { Iterator(half: bytes[..<(bytes.count / 2)]) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var half: ArraySlice<UInt8>

    mutating func next() async throws -> UInt8? {
      guard let byte = half.popFirst() else { throw ClosedOnPurpose() }
      return byte
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard !half.isEmpty else { throw ClosedOnPurpose() }
      defer { half = [] }
      return half
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
