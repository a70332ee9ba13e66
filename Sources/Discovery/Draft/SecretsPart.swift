internal import Core

/// The checks of secrets, guessed from the names of variables.
struct SecretsPart {
  private let facts: Facts
  /// Set in this environment and named by no file.
  private var unnamed: [String] = []
  /// Given by Supabase to each Edge Function.
  private var given: [String] = []

  /// The most names that a comment lists.
  private static let mostListed = 10
  private static let functionsFolder = "supabase/functions/"
  /// What bundlers build into pages that anybody can read.
  private static let publicPrefixes = [
    "NEXT_PUBLIC_", "VITE_", "PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_",
  ]
  /// What a machine sets for itself.
  private static let foreignPrefixes = [
    "ACTIONS_", "CI_", "GITHUB_", "GITLAB_", "npm_", "NPM_", "SSH_", "PG",
  ]

  init(_ facts: Facts) {
    self.facts = facts
    let named = Self.named(in: facts)
    unnamed = facts.environment.subtracting(named).filter { name in
      Self.looksSecret(name) && name != EmbedderPlan.key
        && !Self.foreignPrefixes.contains(where: name.hasPrefix) && !isOfService(name)
    }.sorted()
    given = facts.source.variables.keys.filter { name in
      Self.looksSecret(name) && isGiven(name)
    }.sorted()
  }

  /// The variables that become checks.
  private var names: [String] {
    Self.named(in: facts).union([EmbedderPlan.key]).filter { name in
      Self.looksSecret(name) && !Self.publicPrefixes.contains(where: name.hasPrefix)
        && !isGiven(name) && !isOfService(name)
    }.sorted()
  }

  /// Whether the part compares secrets with those of a Supabase project.
  var usesProject: Bool { names.contains(where: isDeployed) }

  func passages(_ ids: inout Identifiers) -> [Passage] {
    var passages: [Passage] = []
    for name in names {
      var settings: [(String, String)] = []
      var why = [origin(of: name)]
      if name == EmbedderPlan.key {
        settings.append(("starts_with", "sk-"))
        why[0] += " OpenAI's keys begin with sk-."
      }
      if isDeployed(name) {
        settings.append(("stored_in", "edge"))
        why[0] += " Edge Functions have only what is deployed to them."
      }
      let id = ids.take("secret", name)
      passages.append(.check(id, ("secret", name), settings, why: why))
    }
    if !given.isEmpty {
      passages.append(
        Passage(why: [
          "No check: Supabase itself gives \(listed(given)) to each Edge Function."
        ]))
    }
    if !unnamed.isEmpty {
      passages.append(
        Passage(why: [
          """
          Set where this was written, and named by no file: \(listed(unnamed)). Add a `secret` for \
          each that the pipeline needs.
          """
        ]))
    }
    return passages
  }

  private func origin(of name: String) -> String {
    if let places = facts.source.variables[name] { return "Read at \(facts.places(places))." }
    if let line = facts.example?[name] { return "Named in \(facts.path(".env.example")):\(line)." }
    return "The embedder's key, by its usual name; no file that was read names it."
  }

  /// Whether the project's deployed functions need the secret.
  private func isDeployed(_ name: String) -> Bool {
    guard facts.usesSupabase, !name.hasPrefix("SUPABASE_") else { return false }
    guard let places = facts.source.variables[name] else { return name == EmbedderPlan.key }
    return places.contains { $0.path.hasPrefix(Self.functionsFolder) }
  }

  /// Whether the platform injects the variable, and no other code reads it.
  private func isGiven(_ name: String) -> Bool {
    guard name.hasPrefix("SUPABASE_"), let places = facts.source.variables[name] else {
      return false
    }
    return places.allSatisfy { $0.path.hasPrefix(Self.functionsFolder) }
  }

  /// Whether a service of the checklist already needs the variable.
  private func isOfService(_ name: String) -> Bool {
    name == facts.databaseVariable || name == "SUPABASE_ACCESS_TOKEN" && facts.usesSupabase
  }

  private func listed(_ names: [String]) -> String {
    let more = names.count - Self.mostListed
    return (names.prefix(Self.mostListed) + (more > 0 ? ["\(more) more"] : [])).joined(last: "and")
  }

  private static func named(in facts: Facts) -> Set<String> {
    Set(facts.source.variables.keys).union((facts.example ?? [:]).keys)
  }

  /// Whether a variable is called as people call secrets.
  static func looksSecret(_ name: String) -> Bool {
    let words = name.split(separator: "_")
    return name == name.uppercased()
      && words.contains { ["KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD"].contains($0) }
  }
}
