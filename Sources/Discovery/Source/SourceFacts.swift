/// A line of a file that says something about the project.
package struct Sighting: Sendable, Equatable {
  /// Below the folder that was looked through, with `/` between its names.
  package let path: String
  /// From 1.
  package let line: Int

  package init(path: String, line: Int) {
    self.path = path
    self.line = line
  }
}

/// What a source tree tells about the services that it uses.
package struct SourceFacts: Sendable, Equatable {
  /// A call of `upsert`, as far as it names its table and its key.
  package struct Upsert: Sendable, Equatable {
    package let table: String?
    /// The columns of `onConflict`; empty where none are named.
    package let key: [String]
    package let place: Sighting

    package init(table: String?, key: [String], place: Sighting) {
      self.table = table
      self.key = key
      self.place = place
    }
  }

  /// A call of a database function by `rpc`.
  package struct Call: Sendable, Equatable {
    package let function: String
    /// The names of the arguments; nil where the call does not spell them out.
    package let arguments: [String]?
    package let place: Sighting

    package init(function: String, arguments: [String]?, place: Sighting) {
      self.function = function
      self.arguments = arguments
      self.place = place
    }
  }

  /// Something that is written out in the source: a model's name, a number of dimensions.
  package struct Literal<Value: Sendable & Equatable>: Sendable, Equatable {
    package let value: Value
    package let place: Sighting

    package init(_ value: Value, at place: Sighting) {
      self.value = value
      self.place = place
    }
  }

  /// The folder that was looked through, as a person wrote it.
  package var root = "."
  /// Files that were read.
  package var files = 0
  /// Whether there is a folder `supabase` with files in it.
  package var hasSupabaseFolder = false
  /// Where each variable of the environment is read.
  package var variables: [String: [Sighting]] = [:]
  package var models: [Literal<String>] = []
  package var dimensions: [Literal<Int>] = []
  /// Whether `dimensions` stands anywhere near embeddings, with a number or without one.
  package var mentionsDimensions = false
  package var upserts: [Upsert] = []
  package var calls: [Call] = []
  /// What could not be looked at, each in words that can stand alone.
  package var gaps: [String] = []

  package init() {}
}
