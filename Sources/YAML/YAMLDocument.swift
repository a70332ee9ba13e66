package import Core

/// One YAML document as nodes, with all faults that could be found in one go.
package struct YAMLDocument: Sendable {
  /// Nil where the bytes are no text, hold nothing, or break YAML's syntax.
  package let root: Node?
  /// Nil where the bytes are no text that could be quoted.
  package let source: SourceText?
  /// In the order of the file.
  package let diagnostics: [Diagnostic]

  /// Reads a document of UTF-8, within the limits on bytes, depth, aliases and values.
  ///
  /// Tags, further documents, repeated names and names that are no scalars are errors; the values
  /// around them are read all the same.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - file: The file's name for locations.
  /// - Returns: The document, with a diagnostic where it has no root.
  package static func parse(_ bytes: [UInt8], file: String) -> YAMLDocument {
    let text: String
    do throws(Diagnostic) {
      text = try readText(bytes, file: file)
    } catch {
      return YAMLDocument(root: nil, source: nil, diagnostics: [error])
    }
    var composer = Composer(reading: text, file: file)
    let root = composer.composeDocument()
    return YAMLDocument(
      root: root, source: SourceText(file: file, text: text), diagnostics: composer.diagnostics)
  }
}
