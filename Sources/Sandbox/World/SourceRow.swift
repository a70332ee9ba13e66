/// What a row of text is, which says the table that it goes to.
enum RowKind: String, CaseIterable {
  case issue
  case pullRequest = "pull_request"
  case discussion

  /// The kind of this name; whatever else a file holds is an issue.
  init(named name: String) {
    self = RowKind(rawValue: name) ?? .issue
  }
}

/// One text of the source tables.
struct SourceRow: Equatable {
  /// A UUID in its text form.
  let id: String
  let repository: String
  let kind: RowKind
  let number: Int32
  let title: String
  let body: String?
  /// RFC 3339, with zone.
  let createdAt: String
}
