/// Bounds that hold everywhere; each name carries its unit or says what is counted.
package enum Limit {
  /// The largest checklist, in bytes.
  package static let checklistBytes = 1_048_576
  /// Files that make up one checklist: its own, and those that it includes.
  package static let checklistFiles = 32
  /// Nested YAML collections.
  package static let yamlDepth = 64
  /// Expansions of YAML aliases in one document.
  package static let yamlAliases = 100
  /// Values of a YAML document, those repeated by aliases included.
  package static let yamlValues = 100_000
  /// Faults of one file that are told one by one.
  package static let diagnostics = 100
  /// Scalars of a source line that a diagnostic quotes.
  package static let quotedLine = 160
  /// Scalars of a value that a message repeats.
  package static let quotedValue = 60
  /// Characters of a server's own words that a message repeats.
  package static let quotedReply = 400
  /// The largest reply that any HTTP request accepts, in bytes.
  package static let replyBytes = 64 * 1_048_576
}
