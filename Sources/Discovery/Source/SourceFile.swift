internal import Embeddings

/// One source file, read once from front to back for what it says about services.
///
/// This reads no language's grammar: it knows how a few calls look in TypeScript, JavaScript, Python
/// and Swift. A comment that looks like one of them counts as well.
struct SourceFile {
  /// What a stretch of bytes announces.
  private enum Sign {
    /// The name of a variable follows in quotes.
    case quotedVariable
    /// The name of a variable follows.
    case bareVariable
    case upsert
    case call
    case dimensions
  }

  private static let signs: [[(token: [UInt8], sign: Sign)]] = {
    let all: [(String, Sign)] = [
      ("Deno.env.get(", .quotedVariable), ("process.env[", .quotedVariable),
      (".environment[", .quotedVariable), ("os.environ[", .quotedVariable),
      ("os.environ.get(", .quotedVariable), ("getenv(", .quotedVariable),
      ("process.env.", .bareVariable), ("import.meta.env.", .bareVariable),
      (".upsert(", .upsert), (".rpc(", .call), ("dimensions", .dimensions),
      ("Dimensions", .dimensions), ("DIMENSIONS", .dimensions),
    ]
    var byFirst = [[(token: [UInt8], sign: Sign)]](repeating: [], count: 256)
    for (text, sign) in all {
      let token = Array(text.utf8)
      byFirst[Int(token[0])].append((token, sign))
    }
    return byFirst
  }()

  private let bytes: [UInt8]
  private let path: String
  private let concernsEmbeddings: Bool

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    let word = Array("mbed".utf8)
    concernsEmbeddings = bytes.indices.contains { place in
      bytes[place] == word[0] && ByteReader(bytes, at: place).starts(with: word)
    }
  }

  /// Adds what the file says.
  func add(to facts: inout SourceFacts) {
    var line = 1
    for position in bytes.indices {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\n") { line += 1 }
      let place = Sighting(path: path, line: line)
      if byte.isQuote, let model = model(at: position) {
        facts.models.append(.init(model, at: place))
      }
      for (token, sign) in Self.signs[Int(byte)] {
        guard ByteReader(bytes, at: position).starts(with: token) else { continue }
        read(sign, after: position + token.count, at: place, into: &facts)
      }
    }
  }

  private func read(
    _ sign: Sign, after position: Int, at place: Sighting, into facts: inout SourceFacts
  ) {
    var reader = ByteReader(bytes, at: position)
    switch sign {
    case .quotedVariable:
      reader.skipSpace()
      note(reader.quotedText(), at: place, in: &facts)
    case .bareVariable: note(reader.name(), at: place, in: &facts)
    case .upsert:
      let statement = SourceStatement(bytes, from: position)
      facts.upserts.append(
        .init(table: statement.tableBefore, key: statement.conflictColumns, place: place))
    case .call:
      reader.skipSpaceAndComments()
      guard let function = reader.quotedText(), function.isPlainName else { return }
      facts.calls.append(
        .init(function: function, arguments: reader.argumentNames(), place: place))
    case .dimensions:
      guard concernsEmbeddings else { return }
      facts.mentionsDimensions = true
      if let number = dimensions(&reader) {
        facts.dimensions.append(.init(number, at: place))
      }
    }
  }

  private func note(_ name: String?, at place: Sighting, in facts: inout SourceFacts) {
    guard let name, name.isPlainName else { return }
    facts.variables[name, default: []].append(place)
  }

  /// The number behind `dimensions`, where one is written out.
  private func dimensions(_ reader: inout ByteReader) -> Int? {
    if reader.next?.isQuote == true { reader.position += 1 }
    reader.skipSpace()
    guard reader.skip(":") || reader.skip("=") else { return nil }
    reader.skipSpace()
    guard let number = reader.number(), (1...16_000).contains(number) else { return nil }
    return number
  }

  /// The embedding model whose name stands between the quotes that begin here.
  private func model(at position: Int) -> String? {
    var reader = ByteReader(bytes, at: position)
    guard let text = reader.quotedText(), text.isModelName else { return nil }
    if KnownModel.named(text) != nil { return text }
    return text.contains("embed") && isModelKey(before: position) ? text : nil
  }

  /// Whether a key or a variable that ends in `model` stands before a value.
  private func isModelKey(before position: Int) -> Bool {
    var end = position
    func skipSpace() { while end > 0, bytes[end - 1].isSpace { end -= 1 } }
    skipSpace()
    guard end > 0, [UInt8(ascii: ":"), UInt8(ascii: "=")].contains(bytes[end - 1]) else {
      return false
    }
    end -= 1
    skipSpace()
    if end > 0, bytes[end - 1].isQuote { end -= 1 }
    let word = String(decoding: bytes[..<end].suffix(5), as: UTF8.self)
    return word.lowercased() == "model"
  }
}

extension String {
  /// Whether it is a name such as variables, functions and tables have in code.
  var isPlainName: Bool {
    !isEmpty && utf8.count <= 200 && utf8.allSatisfy { $0.isOfName && $0 != UInt8(ascii: "$") }
      && utf8.first?.isDigit == false
  }

  /// Whether a model could be called so.
  fileprivate var isModelName: Bool {
    (3...100).contains(utf8.count)
      && utf8.allSatisfy {
        $0.isOfName && $0 != UInt8(ascii: "$") || ".-/:".utf8.contains($0)
      }
  }
}
