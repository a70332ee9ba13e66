/// What the catalog says of a pipeline's tables, so that its statements can be written.
struct PipelineFacts: Sendable, Equatable {
  var source: SourceFacts
  /// In the order of the pipeline's targets.
  var targets: [TargetFacts]
  var job: JobFacts?
  var vector: VectorFacts
}

struct SourceFacts: Sendable, Equatable {
  /// Qualified and quoted.
  var table: String
  /// Quoted.
  var key: String
  /// The key column's type as SQL writes it.
  var keyType: String
  /// Whether rows may be locked while their vectors are written: it is a table, not a view, the
  /// role may update it, and no policy hides rows from a lock that it shows to a read.
  var canLock: Bool
}

struct TargetFacts: Sendable, Equatable {
  /// Qualified and quoted.
  var table: String
  /// The declared dimension of the column that takes the vector, or nil where it has none.
  var dimension: Int?
}

/// The columns of the user's job table that are there to be written, of those the runner knows.
struct JobFacts: Sendable, Equatable {
  /// Qualified and quoted.
  var table: String
  var columns: Set<String>
  var keyType: String
  /// Qualified and quoted, without arguments.
  var progress: String?
}

/// How vectors travel: their type's identity in this database.
struct VectorFacts: Sendable, Equatable {
  /// The schema of the extension, quoted.
  var schema: String
  var typeOID: UInt32
  var arrayOID: UInt32
}
