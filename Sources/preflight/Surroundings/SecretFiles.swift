internal import Checklist
internal import Core

/// Secrets that stand in files of their own: where `NAME_FILE` is set, it names the file that holds
/// what `NAME` would, as Docker's and Kubernetes' secrets are mounted.
enum SecretFiles {
  /// The largest such file, in bytes.
  private static let limit = 65_536

  /// The variables with the contents of these files, one line end at the end of each taken off.
  ///
  /// - Parameters:
  ///   - names: The variables that hold secrets; the others are not looked for in files.
  ///   - environment: The variables by name.
  /// - Returns: Values, and why a file gives none.
  static func read(_ names: Set<String>, in environment: [String: String]) -> Variables {
    var values = environment
    var doubts: [String: String] = [:]
    for name in names {
      let variable = name + "_FILE"
      guard let path = environment[variable], !path.isEmpty else { continue }
      guard values[name] == nil else {
        doubts[name] = "\(name) and \(variable) are both set"
        continue
      }
      do throws(UnreadableFile) {
        values[name] = try contents(of: path)
      } catch {
        doubts[name] = "\(variable) names \(path.quoted), which cannot be used: \(error.words)"
      }
    }
    return Variables(values, doubts: doubts)
  }

  private static func contents(of path: String) throws(UnreadableFile) -> String {
    let bytes = try InputFile.contents(of: path, atMost: limit + 1)
    guard bytes.count <= limit else {
      throw UnreadableFile(words: "it has more than \(limit) bytes")
    }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw UnreadableFile(words: "it is no text")
    }
    return text.hasSuffix("\n") ? String(text.unicodeScalars.dropLast()) : text
  }
}
