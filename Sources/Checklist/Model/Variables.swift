internal import Core

/// The values of variables, from the environment, from env files, and from files of single secrets.
package struct Variables: Sendable {
  /// By name, without those that a doubt is about.
  package let values: [String: String]
  /// By name, also where a doubt keeps a value from being used.
  package let all: [String: String]
  private let doubts: [String: String]
  private var naming = Naming.nothing

  /// Variables with these values.
  ///
  /// - Parameters:
  ///   - values: By name.
  ///   - doubts: Why variables have no value although somebody meant to give them one, in words that
  ///     end the sentence "NAME has no value: …".
  package init(_ values: [String: String], doubts: [String: String] = [:]) {
    self.values = values.filter { doubts[$0.key] == nil }
    all = values
    self.doubts = doubts
  }

  /// A variable's value, which may be empty; nil where it has none.
  package subscript(name: String) -> String? { values[name] }

  /// What stands as `${NAME}` in a filled text, so that it can be shown what would be asked.
  package enum Naming: Sendable {
    case nothing
    /// The variables of secrets, set or not.
    case secrets
    /// Those, and every other variable that has neither a value nor a default where it is used.
    case secretsAndUnset
  }

  /// The same variables, of which some stand as their names.
  package func naming(_ naming: Naming) -> Variables {
    var copy = self
    copy.naming = naming
    return copy
  }

  /// The variables for a value of a shape.
  func filling(_ shape: Shape) -> Variables {
    shape.isSecret && naming != .nothing ? Variables([:]).naming(.secretsAndUnset) : self
  }

  /// What stands for a variable that gives no text; nil where nothing may.
  func standIn(for absence: UnsetVariable, default fallback: String?) -> String? {
    // What somebody meant to set is not replaced by what stands in for nothing.
    let allowed = absence.isDoubtful ? nil : fallback
    return allowed ?? (naming == .secretsAndUnset ? "${\(absence.name)}" : nil)
  }

  /// Why a variable gives no text; nil where it does.
  package func absence(of name: String) -> UnsetVariable? {
    if let doubt = doubts[name] { return UnsetVariable(name: name, .doubtful(doubt)) }
    guard let value = values[name] else { return UnsetVariable(name: name, .unset) }
    return value.isEmpty ? UnsetVariable(name: name, .empty) : nil
  }
}

extension Variables: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(values.count) variables" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A variable without default that has no value.
package struct UnsetVariable: Error, Sendable, Hashable {
  /// What is the matter with it.
  package enum Reason: Sendable, Hashable {
    case unset
    /// It is set, but to nothing.
    case empty
    /// Somebody meant to give it a value; the words end the sentence "NAME has no value: …".
    case doubtful(String)
  }

  package let name: String
  package let reason: Reason

  package init(name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// Whether somebody meant to give it a value.
  var isDoubtful: Bool { if case .doubtful = reason { true } else { false } }
}

extension UnsetVariable {
  /// What is the matter, in words that complete "NAME …".
  package var words: String {
    switch reason {
    case .unset: "is not set"
    case .empty: "is set, but empty"
    case .doubtful(let words): "has no value: \(words)"
    }
  }
}

extension Sequence<UnsetVariable> {
  /// The variables and what is the matter with each, in one line.
  var words: String {
    func names(_ reason: UnsetVariable.Reason) -> [String] {
      filter { $0.reason == reason }.map(\.name)
    }
    func all(_ reason: UnsetVariable.Reason, _ words: String) -> [String] {
      let names = names(reason)
      guard !names.isEmpty else { return [] }
      return ["\(names.joined(last: "and")) \(names.count == 1 ? "is" : "are") \(words)"]
    }
    let doubts = compactMap { variable in
      if case .doubtful(let words) = variable.reason {
        "\(variable.name) has no value: \(words)"
      } else {
        String?.none
      }
    }
    return (all(.unset, "not set") + all(.empty, "set but empty") + doubts).joined(separator: "; ")
  }
}
