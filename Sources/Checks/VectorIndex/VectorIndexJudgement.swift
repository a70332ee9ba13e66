internal import Core
internal import Gate
internal import Postgres

/// An index for searching as asked for.
struct VectorIndexWish: Sendable {
  let column: VectorColumn
  let metric: VectorMetric
  /// `hnsw` or `ivfflat`; nil where either will do.
  let method: String?
  let function: QualifiedName?

  var text: String {
    "\(method.map { "an \($0)" } ?? "an hnsw or ivfflat") index on \(column.text) for "
      + metric.rawValue + (function.map { ", and \($0.sql) searching by \(metric.sign)" } ?? "")
  }
}

/// The indexes of a column beside the one that is asked for.
struct VectorIndexJudgement: Sendable {
  let wanted: VectorIndexWish
  let facts: ColumnFacts
  let library: VectorIndex.Library?
  let indexes: [VectorIndex]
  /// Empty also where none is asked for.
  var functions: [SearchFunction] = []
  /// A function's name that may have been meant, where there is none of the asked name.
  var nearestFunction: String?

  private var table: String { wanted.column.table.sql }

  /// One that serves.
  private var serving: VectorIndex? {
    indexes.first { $0.obstacle(to: wanted.metric, by: wanted.method) == nil }
  }

  var finding: Finding {
    if let unfit { return unfit }
    var observed: [String] = []
    var fixes: [String] = []
    func tell(_ fault: (observed: String, fix: String)?) {
      guard let fault else { return }
      observed.append(fault.observed)
      fixes.append(fault.fix)
    }
    tell(lack)
    tell(corruption)
    tell(otherSearch)
    guard observed.isEmpty else {
      let text = observed.joined(separator: "; ")
      return .fail(
        "\(wanted.column.text): \(text)", expected: wanted.text, observed: text,
        fix: fixes.joined(separator: "\n"), evidence: evidence)
    }
    if let doubt {
      return .cannotTell(
        doubt.observed, expected: wanted.text, observed: doubt.observed, fix: doubt.fix,
        evidence: evidence)
    }
    guard let serving else { preconditionFailure("the lack of an index is told above") }
    // Its lists come from the rows that are there when it is built.
    let warning =
      serving.method == "ivfflat" && serving.isEmpty
      ? "; it was built on no vectors, so that its lists mean nothing until, with the rows there, "
        + "`reindex index concurrently \(serving.name)`" : ""
    return .pass(
      "\(wanted.column.text) has the \(serving.method) index \(serving.name) by "
        + serving.operatorClass + warning, evidence: evidence)
  }

  private var evidence: [String: Evidence] {
    var evidence: [String: Evidence] = ["indexes": .list(indexes.map(\.name))]
    if let library { evidence["pgvector"] = .text(library.version) }
    if let serving {
      evidence["index"] = .text(serving.name)
      evidence["operator_class"] = .text(serving.operatorClass)
      if serving.method == "ivfflat" { evidence["built_on_no_vectors"] = .flag(serving.isEmpty) }
    }
    return evidence
  }

  /// The finding where there is nothing to index.
  private var unfit: Finding? {
    let isNoTable = (
      observed: "\(table) is no table, so that it has no index",
      fix: "vector_index: …   # the column of the table behind it"
    )
    return (facts.lack(namedBy: "vector_index") ?? (facts.isTable ? nil : isNoTable)).map {
      .fail($0.observed, expected: wanted.text, observed: $0.observed, fix: $0.fix)
    }
  }

  /// That no index serves, and what makes one.
  private var lack: (observed: String, fix: String)? {
    guard serving == nil else { return nil }
    // The one that comes nearest: it only has to be built again.
    let mendable = indexes.first { $0.isMendable(for: wanted.metric, by: wanted.method) }
    let reasons = (mendable.map { [$0] } ?? indexes).prefix(3).compactMap { index in
      index.obstacle(to: wanted.metric, by: wanted.method).map { "\(index.name): \($0)" }
    }
    let observed =
      "no \(wanted.method ?? "hnsw or ivfflat") index serves \(wanted.metric.rawValue)"
      + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
    return (observed, mendable.map { "reindex index concurrently \($0.name);" } ?? creation)
  }

  private var creation: String {
    let column = SQLText.name(wanted.column.column)
    let method = wanted.method ?? "hnsw"
    guard let dimension = facts.dimension else {
      return "alter table \(table) alter column \(column) type \(facts.baseType)(…);   "
        + "-- an index takes vectors of one dimension only"
    }
    let schema = library?.schema.map { SQLText.name($0) + "." } ?? ""
    // Longer vectors than an index takes are indexed as half as precise ones.
    let isCast = facts.indexLimit.map { dimension > $0 } ?? false
    let type = isCast ? "halfvec" : facts.baseType
    let key = isCast ? "(\(column)::\(schema)halfvec(\(dimension)))" : column
    let concurrently = facts.isPartitioned ? "" : "concurrently "
    return "create index \(concurrently)on \(table) using \(method) "
      + "(\(key) \(schema)\(wanted.metric.operatorClass(of: type)));"
  }

  /// That the index may be corrupt: pgvector 0.8.3 mended what vacuum could do to HNSW (its
  /// changelog).
  private var corruption: (observed: String, fix: String)? {
    guard let serving, serving.method == "hnsw", let library,
      let version = VersionNumber(library.version), let mended = VersionNumber("0.8.3"),
      version < mended
    else { return nil }
    let offered = library.offered.flatMap(VersionNumber.init)
    let package =
      offered.map { $0 >= mended } == true
      ? "" : "-- first install pgvector 0.8.3 or newer on the server\n"
    return (
      "pgvector \(library.version) can corrupt an hnsw index when it is vacuumed, before 0.8.3",
      "\(package)alter extension vector update;\nreindex index concurrently \(serving.name);"
    )
  }

  /// That the function searches by another metric, or is not there.
  private var otherSearch: (observed: String, fix: String)? {
    guard let name = wanted.function?.sql else { return nil }
    guard !functions.isEmpty else {
      return (
        "there is no function \(name)" + (nearestFunction.map { "; did you mean \($0)?" } ?? ""),
        "searched_by: \(nearestFunction ?? "…")"
      )
    }
    guard let function = functions.first, functions.count == 1,
      let used = onlyMetric(of: function), used != wanted.metric
    else { return nil }
    return (
      "\(function.identity) searches by \(used.sign), which is \(used.rawValue)",
      function.definition.replacing(used.sign, with: wanted.metric.sign) + ";"
    )
  }

  private func onlyMetric(of function: SearchFunction) -> VectorMetric? {
    let used = VectorMetric.used(in: function.body)
    return used.count == 1 ? used[0] : nil
  }

  /// What keeps an index that is there from being judged.
  private var doubt: (observed: String, fix: String)? {
    if let serving, serving.method == "hnsw", let library, VersionNumber(library.version) == nil {
      return (
        "pgvector is of the version \(library.version.quoted), which cannot be compared with 0.8.3",
        "select extversion from pg_extension where extname = 'vector';"
      )
    }
    guard let name = wanted.function?.sql, let function = functions.first else { return nil }
    guard functions.count == 1 else {
      let identities = functions.map(\.identity).joined(last: "and")
      return ("\(name) may be any of \(identities)", "drop function …;   -- all but one")
    }
    let show =
      "select prosrc from pg_proc where oid = \(SQLText.literal(function.identity))"
      + "::regprocedure;"
    let used = VectorMetric.used(in: function.body)
    guard used.count == 1 else {
      let signs = VectorMetric.allCases.map(\.sign).joined(separator: ", ")
      return (
        used.isEmpty
          ? "none of \(signs) stands in the body of \(function.identity)"
          : "\(used.map(\.sign).joined(last: "and")) stand in the body of \(function.identity)",
        show
      )
    }
    if let serving, let cast = serving.cast, !function.casts(to: cast) {
      return (
        "\(serving.name) is on a cast to \(cast), which the body of \(function.identity) does not hold",
        "-- order by \(SQLText.name(wanted.column.column))::\(cast) \(wanted.metric.sign) …\n"
          + show
      )
    }
    return nil
  }
}

extension SearchFunction {
  /// Whether the body writes such a type, be it with other spaces or capitals.
  fileprivate func casts(to type: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
    return plain(body).contains(plain(type))
  }
}
