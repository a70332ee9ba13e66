internal import Postgres

/// What a database's catalog tells about embeddings.
package struct DatabaseFacts: Sendable, Equatable {
  /// A table's or a function's name.
  package struct Name: Sendable, Equatable {
    /// Nil where the search path finds it without.
    package let schema: String?
    package let name: String

    package init(schema: String? = nil, _ name: String) {
      self.schema = schema
      self.name = name
    }

    /// As SQL writes it.
    var sql: String { (schema.map { SQLText.name($0) + "." } ?? "") + SQLText.name(name) }
  }

  /// A column of a table.
  package struct Column: Sendable, Equatable {
    package let name: String
    /// The type's own name, that of a domain's type for a domain.
    package let type: String
    /// For `vector` and `halfvec`; nil where the column takes any length.
    package let dimension: Int?
    package let isNotNull: Bool
    /// Whether an insert that does not name it gets a value all the same.
    package let isFilled: Bool
    /// Whether a foreign key or a CHECK judges its values.
    package let isConstrained: Bool
    /// Whether it holds vectors, as the planner's statistics say.
    package let isStored: Bool
    /// What its index of vectors compares by, as the language names it; nil where it has none.
    package let indexMetric: String?

    package init(
      _ name: String, _ type: String, dimension: Int? = nil, isNotNull: Bool = false,
      isFilled: Bool = false, isConstrained: Bool = false, isStored: Bool = false,
      indexMetric: String? = nil
    ) {
      self.name = name
      self.type = type
      self.dimension = dimension
      self.isNotNull = isNotNull
      self.isFilled = isFilled
      self.isConstrained = isConstrained
      self.isStored = isStored
      self.indexMetric = indexMetric
    }

    var isVector: Bool { type == "vector" || type == "halfvec" }
    var isText: Bool { ["text", "varchar", "bpchar", "citext"].contains(type) }
    var isInteger: Bool { ["int2", "int4", "int8"].contains(type) }
    var isMoment: Bool { type == "timestamptz" || type == "timestamp" }
  }

  /// A table that holds vectors or a status, or that the source tree writes.
  package struct Table: Sendable, Equatable {
    package let name: Name
    /// As the planner estimates them.
    package let rows: Int
    package let columns: [Column]
    package let primaryKey: [String]
    /// The columns of each other unique index that `on conflict` can rely on.
    package let uniqueKeys: [[String]]
    /// Whether the role that asks may insert and select, with no row security in between.
    package let takesRows: Bool

    package init(
      _ name: Name, rows: Int, columns: [Column], primaryKey: [String],
      uniqueKeys: [[String]] = [], takesRows: Bool = false
    ) {
      self.name = name
      self.rows = rows
      self.columns = columns
      self.primaryKey = primaryKey
      self.uniqueKeys = uniqueKeys
      self.takesRows = takesRows
    }

    func column(_ name: String) -> Column? { columns.first { $0.name == name } }
    var vectors: [Column] { columns.filter(\.isVector) }
  }

  /// An argument of a function, or a column of what it returns.
  package struct Argument: Sendable, Equatable {
    /// Empty where it has none.
    package let name: String
    /// As SQL writes it.
    package let type: String

    package init(_ name: String, _ type: String) {
      self.name = name
      self.type = type
    }

    var isVector: Bool {
      ["vector", "halfvec"].contains { type == $0 || type.hasSuffix(".\($0)") }
    }
  }

  /// A function of the project's own.
  package struct Function: Sendable, Equatable {
    package let name: Name
    package let arguments: [Argument]
    /// The last so many arguments may be left out.
    package let defaults: Int
    /// As SQL writes it behind `returns`.
    package let returns: String
    package let body: String
    /// Whether another function of its schema bears the same name.
    package let isOverloaded: Bool
    /// Those of the roles that may execute it.
    package let executors: [String]

    package init(
      _ name: Name, _ arguments: [Argument], defaults: Int = 0, returns: String, body: String = "",
      isOverloaded: Bool = false, executors: [String] = []
    ) {
      self.name = name
      self.arguments = arguments
      self.defaults = defaults
      self.returns = returns
      self.body = body
      self.isOverloaded = isOverloaded
      self.executors = executors
    }
  }

  package var tables: [Table] = []
  package var functions: [Function] = []
  /// Those of the functions that the source tree calls that exist in any schema.
  package var calledFunctions: Set<String> = []
  /// Those of Supabase's API roles that exist.
  package var roles: [String] = []
  /// What could not be looked at, each in words that can stand alone.
  package var gaps: [String] = []

  package init() {}
}
