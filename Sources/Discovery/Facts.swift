internal import Core

/// Everything that a checklist is guessed from; of variables there are only names.
package struct Facts: Sendable, Equatable {
  /// What came of asking the database.
  package enum Database: Sendable, Equatable {
    case read(DatabaseFacts)
    /// It could not be asked; the words end the sentence "The database could not be asked: …".
    case unread(because: String)
  }

  package let database: Database
  /// The name of the variable that holds the database's URL.
  package let databaseVariable: String
  package let source: SourceFacts
  /// The names of `.env.example` with their lines; nil where there is no such file.
  package let example: [String: Int]?
  /// The names of the variables that are set.
  package let environment: Set<String>
  /// Where an editor finds the language's JSON Schema, seen from the checklist; nil where it does
  /// not.
  package let schemaPath: String?
  /// What else could not be looked at, each in words that can stand alone.
  package let gaps: [String]

  package init(
    database: Database, databaseVariable: String, source: SourceFacts, example: [String: Int]?,
    environment: Set<String>, schemaPath: String?, gaps: [String] = []
  ) {
    self.database = database
    self.databaseVariable = databaseVariable
    self.source = source
    self.example = example
    self.environment = environment
    self.schemaPath = schemaPath
    self.gaps = gaps
  }

  /// The catalog's facts, empty where the database could not be asked.
  package var catalog: DatabaseFacts {
    if case .read(let facts) = database { facts } else { DatabaseFacts() }
  }

  /// Whether the database was asked.
  var hasCatalog: Bool { if case .read = database { true } else { false } }

  /// All that could not be looked at.
  package var allGaps: [String] {
    var gaps = gaps + source.gaps
    switch database {
    case .read(let facts): gaps += facts.gaps
    case .unread(let reason): gaps.append("The database could not be asked: \(reason).")
    }
    return gaps
  }

  /// A path of the source tree as it is seen from where the program runs.
  func path(_ path: String) -> String {
    source.root == "." ? path : "\(source.root)/\(path)"
  }

  /// Places of the source tree for a comment; of many only the first.
  func places(_ sightings: [Sighting]) -> String {
    let most = 2
    var words = sightings.prefix(most).map { "\(path($0.path)):\($0.line)" }
    if sightings.count > most { words.append((sightings.count - most).counted("more place")) }
    return words.joined(last: "and")
  }

  /// Whether a Supabase project seems to be in use.
  var usesSupabase: Bool {
    source.hasSupabaseFolder || environment.contains("SUPABASE_PROJECT_REF")
      || example?["SUPABASE_PROJECT_REF"] != nil
  }
}
