/// The names in a `.env.example`, which only shows which variables there are.
///
/// Only names are read, so that a value may be anything: a placeholder, a sentence, a quote that is
/// not closed.
package enum EnvExample {
  /// The names with the lines that they stand on.
  package static func names(in text: String) -> [String: Int] {
    var names: [String: Int] = [:]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      var reader = ByteReader(Array(line.utf8))
      reader.skipSpace()
      if reader.starts(with: Array("export ".utf8)) {
        reader.position += "export ".utf8.count
        reader.skipSpace()
      }
      guard let name = reader.name(), name.isPlainName else { continue }
      reader.skipSpace()
      guard reader.skip("=") else { continue }
      names[name] = names[name] ?? number + 1
    }
    return names
  }
}
