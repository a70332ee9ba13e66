package import Core

/// A pipeline as the checklist says it, with its variables not filled yet.
package struct PipelineDeclaration: Sendable, Equatable {
  package let name: String
  /// By `PipelineFields.pipeline`.
  package let settings: Settings
  package let location: SourceLocation

  /// The names of the variables that the pipeline uses, each once.
  package var variables: [String] { settings.variables }

  /// The pipeline with its variables filled.
  ///
  /// - Parameter variables: Where values come from.
  /// - Returns: The pipeline, ready to run.
  /// - Throws: What is unset, or does not fit once filled.
  package func filled(from variables: Variables) throws(SettingFault) -> Pipeline {
    Pipeline(try settings.filled(from: variables), location: location)
  }
}

/// What the runner embeds, and where the vectors go.
package struct Pipeline: Sendable, Equatable {
  /// The rows to embed; expressions are SQL over a source row.
  package struct Source: Sendable, Equatable {
    package let table: String
    /// The columns that name a row together.
    package let key: [String]
    package let text: String
    package let whereClause: String?
    package let orderBy: String?
    package let maxCharacters: Int?
  }

  /// A column and the SQL expression that it gets.
  package struct Assignment: Sendable, Equatable {
    package let column: String
    package let expression: String
  }

  /// Where a vector is stored.
  package enum Target: Sendable, Equatable {
    /// The source row itself.
    case update(table: String, assignments: [Assignment])
    /// A row of another table, named by the columns in `onConflict`.
    case upsert(table: String, onConflict: [String], assignments: [Assignment])
  }

  /// Where the user's own table tells the progress.
  package struct Job: Sendable, Equatable {
    package let table: String
    /// The function that adds to the progress.
    package let progress: String?
  }

  package let name: String
  /// The name of a Postgres service.
  package let database: String
  /// The name of an embeddings service.
  package let model: String
  package let from: Source
  package let targets: [Target]
  package let job: Job?
  /// Texts in one request.
  package let batch: Int
  /// Requests under way at once.
  package let concurrency: Int
  package let location: SourceLocation
}

extension Pipeline {
  init(_ settings: Settings, location: SourceLocation) {
    name = settings.text("name")
    database = settings.text("database")
    model = settings.text("model")
    from = Source(settings.record("from"))
    targets = settings.records("to").map(Target.init)
    job = settings.optionalRecord("job").map {
      Job(table: $0.text("table"), progress: $0.optionalText("progress"))
    }
    batch = settings.whole("batch")
    concurrency = settings.whole("concurrency")
    self.location = location
  }
}

extension Pipeline.Source {
  init(_ settings: Settings) {
    table = settings.text("table")
    key = settings.texts("key")
    text = settings.text("text")
    whereClause = settings.optionalText("where")
    orderBy = settings.optionalText("order_by")
    maxCharacters = settings.optionalWhole("max_characters")
  }
}

extension Pipeline.Target {
  init(_ settings: Settings) {
    let assignments = settings.textMap("set").map {
      Pipeline.Assignment(column: $0.name, expression: $0.text)
    }
    if let table = settings.optionalText("update") {
      self = .update(table: table, assignments: assignments)
    } else {
      self = .upsert(
        table: settings.text("upsert"), onConflict: settings.texts("on_conflict"),
        assignments: assignments)
    }
  }
}

extension Pipeline.Target {
  package var table: String {
    switch self {
    case .update(let table, _), .upsert(let table, _, _): table
    }
  }

  package var assignments: [Pipeline.Assignment] {
    switch self {
    case .update(_, let assignments), .upsert(_, _, let assignments): assignments
    }
  }
}
