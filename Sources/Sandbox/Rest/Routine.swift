/// A function of an exposed schema, as PostgREST keeps it in its schema cache.
struct Routine: Equatable {
  struct Parameter: Equatable {
    let name: String
    let type: String
    /// Whether it has a default, so that a call may leave it out.
    let isOptional: Bool
  }

  /// What comes back.
  enum Returns: Equatable {
    case nothing
    case value
    /// A row, or a set of anything.
    case rows(isSet: Bool)
  }

  let schema: String
  let name: String
  let parameters: [Parameter]
  let returns: Returns
  let isVolatile: Bool

  /// Whether a call with arguments of these names means it, after `findProc` of PostgREST's Plan.hs:
  /// each required one is there, and no other than an optional one besides.
  func takes(_ names: Set<String>) -> Bool {
    let required = Set(parameters.filter { !$0.isOptional }.map(\.name))
    return required.isSubset(of: names) && names.isSubset(of: parameters.map(\.name))
      && !parameters.contains { $0.name.isEmpty }
  }

  /// Whether it takes a whole body of JSON as its one argument without a name.
  var takesBody: Bool {
    parameters.count == 1 && parameters[0].name.isEmpty
      && ["json", "jsonb"].contains(parameters[0].type)
  }

  /// As PostgREST tells one candidate from another.
  var signature: String {
    let list = parameters.map { "\($0.name) => \($0.type)" }.joined(separator: ", ")
    return "\(schema).\(name)(\(list))"
  }

  /// The arguments' names in order of the alphabet, as hints have them.
  var sortedNames: String {
    "(" + parameters.map(\.name).sorted().joined(separator: ", ") + ")"
  }
}
