internal import Core

extension StringProtocol {
  /// The first line that is not empty, without secrets and cut to what a message can hold; nil where
  /// there is none.
  func gist(_ redactor: Redactor) -> String? {
    split(whereSeparator: \.isNewline).first { !$0.trimmed.isEmpty }.map { line in
      // The secrets first: a cut could leave half of one.
      let line = redactor.redact(String(line)).trimmed
      return line.count > Limit.quotedLine ? line.prefix(Limit.quotedLine) + "…" : line
    }
  }
}
