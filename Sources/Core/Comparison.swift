/// A number with the unit that it was written with.
package enum Quantity: Sendable, Equatable {
  case number(Double)
  /// Between 0 and 1 for 0 % and 100 %.
  case fraction(Double)
  case perSecond(Double)
  case duration(Duration)

  /// Reads `3`, `2.5`, `2%`, `1/s`, `30/m`, `400/h` or a duration.
  package init?(text: String) {
    if let number = Double(plain: text) {
      self = .number(number)
    } else if text.hasSuffix("%"), let percent = Double(plain: text.dropLast()) {
      self = .fraction(percent / 100)
    } else if let slash = text.firstIndex(of: "/"), let count = Double(plain: text[..<slash]),
      let seconds = ["s": 1.0, "m": 60.0, "h": 3600.0][String(text[text.index(after: slash)...])]
    {
      self = .perSecond(count / seconds)
    } else if let duration = Duration(text: text) {
      self = .duration(duration)
    } else {
      return nil
    }
  }

  /// The bare magnitude: a count, a fraction, a rate per second, or seconds.
  package var magnitude: Double {
    switch self {
    case .number(let value), .fraction(let value), .perSecond(let value): value
    case .duration(let value): value.seconds
    }
  }

  package var text: String {
    switch self {
    case .number(let value): value.short
    case .fraction(let value): (value * 100).short + "%"
    case .perSecond(let value): value.short + "/s"
    case .duration(let value): value.text
    }
  }
}

/// A condition on a number, such as `>= 1/s`, `> 2%` or `0`, which means equal.
package struct Comparison: Sendable, Equatable {
  /// How a value stands to the bound, as it is written.
  package enum Relation: String, Sendable, CaseIterable {
    // The longer ones first: `>=` must not be read as `>`.
    case atLeast = ">="
    case atMost = "<="
    case notEqual = "!="
    case above = ">"
    case below = "<"
    case equal = "="
  }

  package let relation: Relation
  package let bound: Quantity

  package init(_ relation: Relation, _ bound: Quantity) {
    self.relation = relation
    self.bound = bound
  }

  /// Reads a relation, optional spaces, and a quantity; a bare quantity means equal to it.
  package init?(text: String) {
    let relation = Relation.allCases.first { text.hasPrefix($0.rawValue) }
    let rest = text.dropFirst(relation?.rawValue.count ?? 0).drop { $0 == " " }
    guard let bound = Quantity(text: String(rest)) else { return nil }
    self.init(relation ?? .equal, bound)
  }

  /// Whether a value, in the bound's own unit (counts, fractions, per second, seconds), meets it.
  package func holds(for value: Double) -> Bool {
    let bound = bound.magnitude
    return switch relation {
    case .atLeast: value >= bound
    case .atMost: value <= bound
    case .notEqual: value != bound
    case .above: value > bound
    case .below: value < bound
    case .equal: value == bound
    }
  }

  package var text: String {
    relation == .equal ? bound.text : "\(relation.rawValue) \(bound.text)"
  }
}
