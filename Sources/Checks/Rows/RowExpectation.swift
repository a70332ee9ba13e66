internal import Checklist
internal import Core
internal import Postgres

/// What a statement of the checklist's author is to answer.
enum RowExpectation: Sendable, Equatable {
  case noRows
  /// One row or more, whatever is in them.
  case rows
  /// Just one row of one column, whose value is written like this.
  case value(String)
  /// Just one row of one column, whose value is such a number.
  case number(Comparison)

  private static let words = ["no_rows", "rows"]

  /// The setting by which an author says it.
  static func field(_ summary: String, isRequired: Bool) -> Field {
    Field(
      "expect", .choiceOfShapes([.word(words), .comparisonOf([.number]), .text]), summary,
      isRequired: isRequired, example: "\">= 1\"")
  }

  /// Nil where the setting is not given.
  init?(_ settings: Settings) throws(Diagnostic) {
    guard let setting = settings["expect"] else { return nil }
    switch setting.value {
    case .comparison(let comparison): self = .number(comparison)
    case .text("no_rows"): self = .noRows
    case .text("rows"): self = .rows
    case .text(let text): self = try RowExpectation(text, at: setting.location)
    default: preconditionFailure("`expect` is of another shape")
    }
  }

  private init(_ text: String, at location: SourceLocation) throws(Diagnostic) {
    if let first = text.first, "<>=!".contains(first) {
      throw Diagnostic(
        "`expect` holds \(text.quoted), which compares with no number", at: location,
        help: "write such as \">= 10\"; a bound is a number that is not negative")
    }
    // A negative number is no comparison of the language, and a number all the same.
    self = text.number.map { .number(Comparison(.equal, .number($0))) } ?? .value(text)
  }

  /// As the end of the sentence "expected is …".
  var text: String {
    switch self {
    case .noRows: "no rows"
    case .rows: "one row or more"
    case .value(let text): "one value, \(text.quoted)"
    case .number(let comparison): "one value, \(comparison.text)"
    }
  }

  /// How an answer stands to it.
  enum Judgement: Sendable, Equatable {
    case met
    case unmet
    case undecided(String)
  }

  func judgement(of rows: Rows) throws(PostgresFault) -> Judgement {
    switch self {
    case .noRows: return rows.isEmpty ? .met : .unmet
    case .rows: return rows.isEmpty ? .unmet : .met
    case .value(let wanted):
      return try RowExpectation.onlyValue(of: rows) == wanted ? .met : .unmet
    case .number(let comparison):
      guard let number = try RowExpectation.onlyValue(of: rows)?.number else { return .unmet }
      // From 2⁵³ on not every whole number is a double, so that two of them may look the same.
      if number == comparison.bound.magnitude, number.magnitude >= 9_007_199_254_740_992 {
        return .undecided("numbers as large as these cannot be compared exactly")
      }
      return comparison.holds(for: number) ? .met : .unmet
    }
  }

  /// The value of the only row's only column; nil where that is null or there is no such value.
  private static func onlyValue(of rows: Rows) throws(PostgresFault) -> String? {
    guard rows.count == 1, rows.columns.count == 1, let row = rows.first else { return nil }
    return try row.shownText(0, of: rows.columnTypes[0])
  }
}

extension Row {
  /// A value of a result that came as text, as SQL writes it; nil for null.
  func shownText(_ place: Int, of type: String) throws(PostgresFault) -> String? {
    let text = try optionalText(.at(place))
    return type == "boolean" ? text.map { $0 == "t" ? "true" : "false" } : text
  }
}

extension String {
  /// The decimal number that the text is; words such as `NaN` are none.
  fileprivate var number: Double? {
    let digits = Array("+-.eE0123456789".utf8)
    guard utf8.allSatisfy(digits.contains), let number = Double(self), number.isFinite else {
      return nil
    }
    return number
  }
}
