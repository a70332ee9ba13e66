/// The body of an embeddings request.
enum RequestBody {
  /// The bytes of the JSON object (https://platform.openai.com/docs/api-reference/embeddings/create).
  static func bytes(
    texts: [String], model: String, dimensions: (name: String, count: Int)?,
    encoding: EmbeddingEncoding
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(texts.reduce(128) { $0 + $1.utf8.count + 16 })
    body += #"{"model":"#.utf8
    append(model, to: &body)
    body += #","input":["#.utf8
    for (position, text) in texts.enumerated() {
      if position > 0 { body.append(UInt8(ascii: ",")) }
      append(text, to: &body)
    }
    body.append(UInt8(ascii: "]"))
    if let dimensions { body += #","\#(dimensions.name)":\#(dimensions.count)"#.utf8 }
    if encoding == .base64 { body += #","encoding_format":"base64""#.utf8 }
    body.append(UInt8(ascii: "}"))
    return body
  }

  /// Appends a text as a JSON string; only what RFC 8259 section 7 forbids in one is escaped.
  private static func append(_ text: String, to body: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let backslash = UInt8(ascii: "\\")
    body.append(quote)
    // Pieces of an array are copied as they lie, those of a string byte by byte.
    var rest = Array(text.utf8)[...]
    while let place = rest.firstIndex(where: { $0 < 0x20 || $0 == quote || $0 == backslash }) {
      body += rest[..<place]
      switch rest[place] {
      case 0x0a: body += [backslash, UInt8(ascii: "n")]
      case let byte where byte < 0x20:
        let hex = Array("0123456789abcdef".utf8)
        body += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      case let byte: body += [backslash, byte]
      }
      rest = rest[(place + 1)...]
    }
    body += rest
    body.append(quote)
  }
}
