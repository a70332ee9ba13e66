/// The statement around a call, as far as its bytes tell.
struct SourceStatement {
  private let bytes: [UInt8]
  /// Behind the parenthesis that opens the call.
  private let position: Int

  /// How far a statement is looked for, in bytes.
  private static let reach = 2_000

  init(_ bytes: [UInt8], from position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// The table of the nearest `from('…')` before the call.
  var tableBefore: String? {
    let token = Array(".from(".utf8)
    var place = position - 1
    let end = max(0, position - Self.reach)
    while place > end, bytes[place] != UInt8(ascii: ";") {
      var reader = ByteReader(bytes, at: place)
      if reader.starts(with: token) {
        reader.position += token.count
        reader.skipSpace()
        return reader.quotedText().flatMap { $0.isPlainName ? $0 : nil }
      }
      place -= 1
    }
    return nil
  }

  /// The columns of the `onConflict` that belongs to the call, as an option or chained to it.
  var conflictColumns: [String] {
    let token = Array("onConflict".utf8)
    var reader = ByteReader(bytes, at: position)
    let end = min(bytes.count, position + Self.reach)
    while reader.position < end, reader.next != UInt8(ascii: ";") {
      guard reader.starts(with: token) else {
        reader.position += 1
        continue
      }
      reader.position += token.count
      while let byte = reader.next,
        byte.isSpace || byte == UInt8(ascii: ":")
          || byte == UInt8(ascii: "(")
      { reader.position += 1 }
      let names = (reader.quotedText() ?? "").split(separator: ",").map { name in
        String(name.drop { $0 == " " }.prefix { $0 != " " })
      }
      return names.allSatisfy(\.isPlainName) ? names : []
    }
    return []
  }
}

extension ByteReader {
  /// The names of an object's entries, where one follows behind a comma: `, { job_id: id, count }`.
  ///
  /// - Returns: Them in their order; nil where there is something else or something computed.
  mutating func argumentNames() -> [String]? {
    skipSpaceAndComments()
    if skip(")") { return [] }
    guard skip(",") else { return nil }
    skipSpaceAndComments()
    guard skip("{") else { return nil }
    var names: [String] = []
    while true {
      skipSpaceAndComments()
      if skip("}") { return names }
      guard let name = quotedText() ?? name(), name.isPlainName else { return nil }
      names.append(name)
      skipSpaceAndComments()
      if skip(":") { skipValue() }
      guard skip(",") || next == UInt8(ascii: "}") else { return nil }
    }
  }

  /// Goes to the comma or the brace that ends an entry's value.
  private mutating func skipValue() {
    var depth = 0
    while let byte = next {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard depth > 0 else { return }
        depth -= 1
      case UInt8(ascii: ","): if depth == 0 { return }
      default: break
      }
      skipLiteralOrByte()
      skipSpaceAndComments()
    }
  }
}
