internal import Core
internal import Postgres

/// A name of the database as a person writes it: `issues`, `public.issues`, `"Odd Name"`.
struct QualifiedName: Sendable, Equatable {
  /// Folded to lower case where not quoted, as Postgres does.
  let parts: [String]

  /// Nil where the text is no name of one part or several.
  init?(_ text: String) {
    var parts: [String] = []
    var rest = text.unicodeScalars[...]
    repeat {
      guard let part = QualifiedName.takePart(from: &rest) else { return nil }
      parts.append(part)
      guard let dot = rest.first else {
        self.parts = parts
        return
      }
      guard dot == "." else { return nil }
      rest = rest.dropFirst()
    } while true
  }

  private init(parts: [String]) { self.parts = parts }

  private static func takePart(from rest: inout Substring.UnicodeScalarView) -> String? {
    var part = ""
    guard rest.first == "\"" else {
      while let scalar = rest.first, scalar != "." {
        let isDigit = ("0"..."9").contains(scalar) || scalar == "$"
        guard scalar.properties.isAlphabetic || scalar == "_" || isDigit && !part.isEmpty else {
          return nil
        }
        part.unicodeScalars.append(scalar)
        rest = rest.dropFirst()
      }
      return part.isEmpty ? nil : part.lowercased()
    }
    rest = rest.dropFirst()
    while let scalar = rest.first {
      rest = rest.dropFirst()
      if scalar == "\"" {
        guard rest.first == "\"" else { return part.isEmpty ? nil : part }
        rest = rest.dropFirst()
      }
      part.unicodeScalars.append(scalar)
    }
    return nil
  }

  var name: String { parts[parts.count - 1] }
  var schema: String? { parts.count > 1 ? parts[parts.count - 2] : nil }

  /// As SQL writes it.
  var sql: String { parts.map(SQLText.name).joined(separator: ".") }

  /// All but the last part, or nil where there is just one.
  var parent: QualifiedName? {
    parts.count > 1 ? QualifiedName(parts: Array(parts.dropLast())) : nil
  }
}
