internal import Core

extension StringProtocol {
  /// The first line that is not empty, without secrets and cut to what a message can hold; nil where
  /// there is none.
  func gist(_ redactor: Redactor) -> String? {
    // The secrets first: a line, or a piece of one, could be half of a secret.
    redactor.redact(String(self)).split(whereSeparator: \.isNewline)
      .lazy.map(\.trimmed).first { !$0.isEmpty }
      .map { $0.count > Limit.quotedLine ? $0.prefix(Limit.quotedLine) + "…" : $0 }
  }
}
