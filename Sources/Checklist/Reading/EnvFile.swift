package import Core
internal import YAML

/// Variables by the lines of a file: `NAME=value`, the part of the dotenv format that all its
/// readers agree on.
///
/// A line may begin with `export`; `#` begins a comment, at the start of a line or behind a space. A
/// value stands bare, in single quotes as it is, or in double quotes with `\n`, `\r`, `\t`, `\\`,
/// `\"` and `\$` in it. Nothing is expanded, and no value goes over the end of its line.
///
/// No message repeats what a line holds, which may be a secret.
package struct EnvFile: Sendable, Equatable {
  package let variables: [String: String]
  /// In the order of the file; where there are any, the variables are not to be used.
  package let diagnostics: [Diagnostic]

  package init(variables: [String: String], diagnostics: [Diagnostic]) {
    self.variables = variables
    self.diagnostics = diagnostics
  }

  /// Reads a file's bytes, at most as many as a checklist may have.
  ///
  /// - Parameters:
  ///   - path: The file's name for locations.
  ///   - bytes: What it holds.
  /// - Returns: The variables, and all that is wrong with the file.
  package static func read(path: String, bytes: [UInt8]) -> EnvFile {
    let text: String
    do throws(Diagnostic) {
      text = try readText(bytes, file: path)
    } catch {
      return EnvFile(variables: [:], diagnostics: [error])
    }
    var variables: [String: String] = [:]
    var places: [String: SourceLocation] = [:]
    var faults = DiagnosticList()
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in lines.enumerated() where !faults.isFull {
      var reading = EnvLine(line, number: number + 1, file: path)
      do throws(Diagnostic) {
        guard let (name, value) = try reading.assignment() else { continue }
        if let first = places[name.text] {
          throw Diagnostic(
            "\(name.text) is set twice in this file", at: name.location,
            notes: [Diagnostic.Note("it is set here first", at: first)])
        }
        places[name.text] = name.location
        variables[name.text] = value
      } catch {
        faults.add(at: error.location ?? reading.place) { error }
      }
    }
    return EnvFile(variables: variables, diagnostics: faults.diagnostics)
  }

  /// Both files' variables and faults; where both set a variable, the other one's counts.
  package func followed(by other: EnvFile) -> EnvFile {
    EnvFile(
      variables: variables.merging(other.variables) { _, later in later },
      diagnostics: diagnostics + other.diagnostics)
  }
}
