package import Core

/// A value of the checklist, read by the shape that its field declares.
package enum Value: Sendable, Equatable {
  case text(String)
  case secret(Secret)
  case whole(Int)
  /// A number with a fraction; only where any scalar may stand.
  case number(Double)
  case flag(Bool)
  /// Written as `null`, `~` or nothing; only where any scalar may stand.
  case null
  case duration(Duration)
  case day(Day)
  case comparison(Comparison)
  case list([Setting])
  case map([NamedSetting])
  case record(Settings)
  /// Holds variables; the shape is read when they are filled.
  case pending(Template, Shape)
}

/// A value and where it stands.
package struct Setting: Sendable, Equatable {
  package let value: Value
  package let location: SourceLocation

  package init(_ value: Value, at location: SourceLocation) {
    self.value = value
    self.location = location
  }
}

/// One entry of names to values.
package struct NamedSetting: Sendable, Equatable {
  package let name: String
  package let setting: Setting

  package init(_ name: String, _ setting: Setting) {
    self.name = name
    self.setting = setting
  }
}

/// Why settings cannot be used with the variables at hand.
package enum SettingFault: Error, Sendable, Equatable {
  /// All unset variables of the settings; the location is that of the first.
  case unset([UnsetVariable], at: SourceLocation)
  /// What the variables hold does not fit; what it is instead is not told, it may be a secret.
  case invalid(variables: [String], expected: String, at: SourceLocation)

  package var location: SourceLocation {
    switch self {
    case .unset(_, let location), .invalid(_, _, let location): location
    }
  }

  package var message: String {
    switch self {
    case .unset(let variables, _):
      variables.words
    case .invalid(let variables, let expected, _):
      "the value of \(variables.joined(last: "and")) must be \(expected)"
    }
  }
}
