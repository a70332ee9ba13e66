internal import Core

extension Settings {
  /// The names of the variables in all values, in the order of the fields, each once.
  package var variables: [String] {
    entries.flatMap(\.setting.variables).withoutRepeats(by: \.self)
  }

  /// The names of the variables in values that must not be shown.
  package var secretVariables: [String] {
    entries.flatMap(\.setting.leaves).flatMap { leaf -> [String] in
      guard case .pending(let template, let shape) = leaf.value, shape.isSecret else { return [] }
      return template.variables
    }
  }

  /// The settings with all variables filled and each filled value read by its shape.
  ///
  /// - Parameter variables: Where values come from.
  /// - Returns: Settings in which no value is pending.
  /// - Throws: All that is unset; where nothing is, the first value that does not fit.
  package func filled(from variables: Variables) throws(SettingFault) -> Settings {
    var unset: [UnsetVariable] = []
    var first: SourceLocation?
    for setting in entries.flatMap(\.setting.leaves) {
      guard case .pending(let template, let shape) = setting.value else { continue }
      let missing = template.unset(in: variables.filling(shape))
      if !missing.isEmpty { first = first ?? setting.location }
      unset += missing
    }
    if let first { throw .unset(unset.withoutRepeats(by: \.self), at: first) }
    return try filledValues(from: variables)
  }

  fileprivate func filledValues(from variables: Variables) throws(SettingFault) -> Settings {
    var values: [String: Setting] = [:]
    for entry in entries { values[entry.name] = try entry.setting.filled(from: variables) }
    return Settings(fields: fields, values: values, location: location)
  }
}

extension Template {
  /// The variables that have neither value nor default.
  fileprivate func unset(in variables: Variables) -> [UnsetVariable] {
    parts.compactMap { part in
      guard case .variable(let name, let fallback) = part,
        let absence = variables.absence(of: name),
        variables.standIn(for: absence, default: fallback) == nil
      else { return nil }
      return absence
    }
  }
}

extension Setting {
  /// The settings inside this one, or the setting itself where it holds no others.
  package var leaves: [Setting] {
    switch value {
    case .list(let items): items.flatMap(\.leaves)
    case .map(let entries): entries.flatMap(\.setting.leaves)
    case .record(let settings): settings.entries.flatMap(\.setting.leaves)
    default: [self]
    }
  }

  /// The names of the variables in the value.
  package var variables: [String] {
    leaves.flatMap { leaf -> [String] in
      if case .pending(let template, _) = leaf.value { template.variables } else { [] }
    }
  }

  fileprivate func filled(from variables: Variables) throws(SettingFault) -> Setting {
    let filled: Value
    switch value {
    case .pending(let template, let shape):
      filled = try template.value(as: shape, from: variables.filling(shape), at: location)
    case .list(let items):
      filled = .list(
        try items.map { item throws(SettingFault) in try item.filled(from: variables) })
    case .map(let entries):
      filled = .map(
        try entries.map { entry throws(SettingFault) in
          NamedSetting(entry.name, try entry.setting.filled(from: variables))
        })
    case .record(let settings): filled = .record(try settings.filledValues(from: variables))
    default: filled = value
    }
    return Setting(filled, at: location)
  }
}

extension Template {
  fileprivate func value(
    as shape: Shape, from variables: Variables, at location: SourceLocation
  ) throws(SettingFault) -> Value {
    let text: String
    do throws(UnsetVariable) {
      text = try filled(from: variables)
    } catch {
      throw .unset([error], at: location)
    }
    guard let value = shape.value(of: text, isPlain: true) else {
      throw .invalid(variables: self.variables, expected: shape.expectation, at: location)
    }
    return value
  }
}
