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
  /// The columns that name a row together.
  var key: [ColumnFacts]
  /// Whether the table's own definition keeps two rows from having one key, and any from having none.
  var isKeyProven: Bool
  /// Whether a row stays to be seen when it needs no vector any more: a view may leave it out then.
  var keepsRows: Bool
  /// Whether rows may be locked while their vectors are written: it is a table, not a view, the
  /// role may update it, and no policy hides rows from a lock that it shows to a read.
  var canLock: Bool
}

struct ColumnFacts: Sendable, Equatable {
  /// Quoted.
  var name: String
  /// As SQL writes it, without a length or precision.
  var type: String
  /// Whether it holds dates or times: these say when a row was written, and not what was.
  var isTime: Bool
}

struct TargetFacts: Sendable, Equatable {
  /// Qualified and quoted.
  var table: String
  /// Those that are assigned, in the order of the target's assignments.
  var columns: [ColumnFacts]
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
