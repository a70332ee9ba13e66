internal import Core

/// What an endpoint says of a failure, in whichever of the known shapes.
///
/// Known: `{"error": {…}}` (OpenAI, Ollama), `{"error": "…"}` (TEI), `{"object": "error", …}` (vLLM),
/// `{"detail": …}` (Voyage, FastAPI), `{"message": …}` (Mistral), an array of the first (Gemini), an
/// HTML page, plain text, nothing.
struct ErrorBody: Equatable {
  private(set) var message: String?
  /// A word for the cause, such as `insufficient_quota`; bare numbers are the status once more.
  private(set) var code: String?
  private(set) var type: String?
  private(set) var parameter: String?
  /// The status inside the body, which some gateways send with the status 200.
  private(set) var status: Int?
  private(set) var isHTML = false

  init(_ bytes: [UInt8]) {
    // What a server says of a failure stands at the beginning, and is short.
    let bytes = Array(bytes.prefix(65_536))
    var scanner = JSONScanner(bytes)
    do throws(JSONScanner.Malformed) {
      switch scanner.peek() {
      case UInt8(ascii: "{"), UInt8(ascii: "["): try read(&scanner)
      case UInt8(ascii: "<"): readPage(String(decoding: bytes, as: UTF8.self))
      default: message = String(decoding: bytes, as: UTF8.self)
      }
    } catch {
      message = message ?? String(decoding: bytes, as: UTF8.self)
    }
    message = message.flatMap(ErrorBody.oneLine)
  }

  private mutating func read(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
    switch scanner.peek() {
    case UInt8(ascii: "["):
      try scanner.array { (scanner) throws(JSONScanner.Malformed) in try read(&scanner) }
    case UInt8(ascii: "{"):
      try scanner.object { (scanner, key) throws(JSONScanner.Malformed) in
        switch key {
        case "error", "message", "detail", "msg", "error_message": try read(&scanner)
        case "code", "status":
          let text = try ErrorBody.scalar(&scanner)
          if let text, let number = Int(text) {
            status = status ?? number
          } else {
            code = code ?? text
          }
        case "type", "error_type": type = try ErrorBody.scalar(&scanner) ?? type
        case "param": parameter = try ErrorBody.scalar(&scanner) ?? parameter
        default: try scanner.skip()
        }
      }
    default:
      let text = try ErrorBody.scalar(&scanner)
      message = message ?? text
    }
  }

  private static func scalar(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> String?
  {
    if scanner.peek() == UInt8(ascii: "\"") { return try scanner.string() }
    let start = scanner.position
    try scanner.skip()
    let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    return Int(text) == nil ? nil : text
  }

  private mutating func readPage(_ page: String) {
    isHTML = true
    guard let opening = page.firstRange(of: "<title>") else { return }
    message = page[opening.upperBound...].prefix { $0 != "<" }.description
  }

  /// The text in one line, without controls, shortened; nil where nothing is left.
  private static func oneLine(_ text: String) -> String? {
    let beginning = text.prefix(Limit.quotedReply * 4)
    let words = beginning.split { $0.isWhitespace || $0.isNewline }
    let line = words.joined(separator: " ").unicodeScalars.filter {
      $0.properties.generalCategory != .control
    }
    let short = String(String.UnicodeScalarView(line.prefix(Limit.quotedReply)))
    guard !short.isEmpty else { return nil }
    let isCut = line.count > Limit.quotedReply || beginning.endIndex < text.endIndex
    return isCut ? short + "…" : short
  }
}
