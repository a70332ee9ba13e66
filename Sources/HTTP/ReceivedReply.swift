/// What has come in of an answer so far, within its bounds.
struct ReceivedReply {
  /// The largest header block that is accepted, in bytes; common servers send less than a tenth.
  static let headerLimitBytes = 262_144

  private(set) var headers: [HTTPReply.Header] = []
  private(set) var body: [UInt8] = []
  /// Set when a bound was overstepped.
  private(set) var refusal: HTTPFault?
  private(set) var hasBegun = false

  private let bodyLimit: Int
  private var headerBytes = 0

  init(bodyLimit: Int = 0) {
    self.bodyLimit = bodyLimit
  }

  /// Takes a piece of the body, or refuses it and says so.
  mutating func appendBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    hasBegun = true
    guard bytes.count <= bodyLimit - body.count else {
      refusal = .bodyTooLarge(limitBytes: bodyLimit)
      return false
    }
    if body.isEmpty { body.reserveCapacity(min(announced, bodyLimit)) }
    unsafe body.append(contentsOf: bytes)
    return true
  }

  /// How many bytes the server says the body has, or 0 where it does not: a hint, so that a large body is
  /// not moved while it comes in.
  private var announced: Int {
    headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }.map { max(0, $0) } ?? 0
  }

  /// Takes one line of the header block, as libcurl hands it over: with its line end.
  mutating func appendHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    hasBegun = true
    headerBytes += bytes.count
    guard headerBytes <= ReceivedReply.headerLimitBytes else {
      refusal = .headersTooLarge(limitBytes: ReceivedReply.headerLimitBytes)
      return false
    }
    let line = unsafe String(decoding: bytes, as: UTF8.self)
    // An interim answer, such as `100 Continue`, has a block of its own before the real one.
    if line.hasPrefix("HTTP/") {
      headers = []
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...]
      headers.append((line[..<colon].lowercased(), ReceivedReply.trimmed(value)))
    }
    return true
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
