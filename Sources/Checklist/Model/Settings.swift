package import Core

/// The values of one check, service or record by field name, defaults included.
///
/// An accessor traps on a field that the declaration does not have, on a field of another shape, and
/// on variables that are not filled: these are mistakes of the program, not of the checklist.
package struct Settings: Sendable, Equatable {
  /// What the values were read by.
  package let fields: [Field]
  private let values: [String: Setting]
  /// Where the record begins.
  package let location: SourceLocation

  package init(fields: [Field], values: [String: Setting], location: SourceLocation) {
    self.fields = fields
    self.values = values
    self.location = location
  }

  package subscript(name: String) -> Setting? {
    precondition(fields.contains { $0.name == name }, "no field \(name) is declared")
    return values[name]
  }

  /// The values in the order of their fields.
  package var entries: [NamedSetting] {
    fields.compactMap { field in values[field.name].map { NamedSetting(field.name, $0) } }
  }

  /// The names of the services that the values name.
  package var services: [String] {
    fields.compactMap { field in
      guard case .service = field.shape, case .text(let name)? = values[field.name]?.value
      else { return nil }
      return name
    }
  }

  package func text(_ name: String) -> String { required(optionalText(name), name) }

  package func optionalText(_ name: String) -> String? {
    value(name) { if case .text(let text) = $0 { text } else { nil } }
  }

  package func secret(_ name: String) -> Secret { required(optionalSecret(name), name) }

  package func optionalSecret(_ name: String) -> Secret? {
    value(name) { if case .secret(let secret) = $0 { secret } else { nil } }
  }

  package func whole(_ name: String) -> Int { required(optionalWhole(name), name) }

  package func optionalWhole(_ name: String) -> Int? {
    value(name) { if case .whole(let number) = $0 { number } else { nil } }
  }

  package func flag(_ name: String) -> Bool { required(optionalFlag(name), name) }

  package func optionalFlag(_ name: String) -> Bool? {
    value(name) { if case .flag(let flag) = $0 { flag } else { nil } }
  }

  package func duration(_ name: String) -> Duration { required(optionalDuration(name), name) }

  package func optionalDuration(_ name: String) -> Duration? {
    value(name) { if case .duration(let duration) = $0 { duration } else { nil } }
  }

  package func day(_ name: String) -> Day { required(optionalDay(name), name) }

  package func optionalDay(_ name: String) -> Day? {
    value(name) { if case .day(let day) = $0 { day } else { nil } }
  }

  /// The comparison of a field that always has one.
  package func comparison(_ name: String) -> Comparison {
    required(optionalComparison(name), name)
  }

  package func optionalComparison(_ name: String) -> Comparison? {
    value(name) { if case .comparison(let comparison) = $0 { comparison } else { nil } }
  }

  package func record(_ name: String) -> Settings { required(optionalRecord(name), name) }

  package func optionalRecord(_ name: String) -> Settings? {
    value(name) { if case .record(let settings) = $0 { settings } else { nil } }
  }

  /// The items of a list, of one-or-many too; empty where none is given.
  package func list(_ name: String) -> [Setting] {
    value(name) { if case .list(let items) = $0 { items } else { nil } } ?? []
  }

  /// The items of a list of texts; empty where none is given.
  package func texts(_ name: String) -> [String] {
    list(name).map { item in
      guard case .text(let text) = item.value else { mismatch(name) }
      return text
    }
  }

  /// The items of a list of records; empty where none is given.
  package func records(_ name: String) -> [Settings] {
    list(name).map { item in
      guard case .record(let settings) = item.value else { mismatch(name) }
      return settings
    }
  }

  /// Names to values in the order of the file; empty where none is given.
  package func map(_ name: String) -> [NamedSetting] {
    value(name) { if case .map(let entries) = $0 { entries } else { nil } } ?? []
  }

  /// Names to texts in the order of the file; empty where none is given.
  package func textMap(_ name: String) -> [(name: String, text: String)] {
    map(name).map { entry in
      guard case .text(let text) = entry.setting.value else { mismatch(name) }
      return (entry.name, text)
    }
  }

  private func value<Result>(_ name: String, _ read: (Value) -> Result?) -> Result? {
    guard let setting = self[name] else { return nil }
    guard let result = read(setting.value) else { mismatch(name) }
    return result
  }

  private func required<Result>(_ value: Result?, _ name: String) -> Result {
    guard let value else { preconditionFailure("the field \(name) is not required") }
    return value
  }

  private func mismatch(_ name: String) -> Never {
    preconditionFailure("the field \(name) has another shape, or its variables are not filled")
  }
}
