internal import Checklist
internal import Core

/// The files of `--env-file`, in the order in which they were named.
enum EnvFiles {
  /// Reads all of them.
  ///
  /// - Parameter paths: as the person gave them.
  /// - Returns: the variables, where a later file wins over an earlier one, and all faults; a file
  ///   that cannot be read is a fault too.
  static func read(_ paths: [String]) -> EnvFile {
    var all = EnvFile(variables: [:], diagnostics: [])
    for path in paths {
      do throws(UnreadableFile) {
        // One byte more than allowed is enough to see that there are too many.
        let bytes = try InputFile.contents(of: path, atMost: Limit.checklistBytes + 1)
        let name = path == InputFile.standardInput ? "standard input" : path
        all = all.followed(by: EnvFile.read(path: name, bytes: bytes))
      } catch {
        let fault = Diagnostic("cannot read \(path.quoted): \(error.words)", at: nil)
        all = all.followed(by: EnvFile(variables: [:], diagnostics: [fault]))
      }
    }
    return all
  }
}
