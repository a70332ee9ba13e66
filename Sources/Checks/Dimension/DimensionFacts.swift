internal import Core
internal import Embeddings
internal import Gate
internal import Postgres

/// Everything that is known of a dimension, and what it comes to.
struct DimensionFacts: Sendable {
  /// The name of the embeddings service.
  let service: String
  let model: String
  let declared: Int?
  /// The length of the probe's vector; nil where there was no usable answer.
  let answered: Int?
  /// Why there was no answer.
  let silence: String?
  /// Nil where the database could not be asked.
  var columns: [ColumnFacts]?
  /// What the search function said, where one is named and could be asked.
  var search: Search?
  /// Why the database did not answer everything, as a finding.
  var doubt: Finding?
  /// The views that stand in the way of a change.
  var views = ViewsOver.none

  /// A search function and its answer.
  struct Search: Sendable {
    let function: String
    let answer: SearchAnswer
  }

  /// One number from one source.
  private struct Source {
    enum Kind { case declared, model, column(ColumnFacts), search }
    let kind: Kind
    let name: String
    let dimension: Int
  }

  private var known: KnownModel? { KnownModel.named(model) }

  /// What stands for the model: its answer, what is declared, or what it is known for.
  private var modelDimension: Int? { answered ?? declared ?? known?.nativeDimensions }

  /// A vector of the length that the model is known for, where the model itself gave none.
  var standIn: [Float]? {
    modelDimension.map { [1] + [Float](repeating: 0, count: max(0, $0 - 1)) }
  }

  /// The length that the search function compares with, where it told.
  private var searched: Int? {
    switch search?.answer {
    case .compared: modelDimension
    case .otherLength(let length): length
    case .nothingToCompare, .unfit, .untold, nil: nil
    }
  }

  private var sources: [Source] {
    var sources: [Source] = []
    if let declared {
      sources.append(
        Source(kind: .declared, name: "`dimensions` of \(service)", dimension: declared))
    }
    if let answered {
      sources.append(Source(kind: .model, name: "the answer of \(model)", dimension: answered))
    } else if declared == nil, let native = known?.nativeDimensions {
      sources.append(Source(kind: .model, name: "the default of \(model)", dimension: native))
    }
    for column in columns ?? [] {
      guard let dimension = column.dimension else { continue }
      sources.append(Source(kind: .column(column), name: column.column.text, dimension: dimension))
    }
    if let search, let compared = searched {
      sources.append(
        Source(kind: .search, name: "what \(search.function) searches", dimension: compared))
    }
    return sources
  }

  var finding: Finding {
    let unusable = (columns ?? []).filter { $0.dimension == nil }
    if !unusable.isEmpty { return failure(ofUnusable: unusable) }
    if let difference { return difference }
    if let unindexable { return unindexable }
    if let unsearched { return unsearched }
    if let doubt { return doubt }
    guard let dimension = modelDimension else {
      return .cannotTell(
        "nothing tells the dimension of \(model): \(silence ?? "it was not asked")",
        expected: "a dimension to compare with \(columnNames)", observed: "none",
        fix: "dimensions: \(columns?.first?.dimension ?? 1536)   # under `\(service)`")
    }
    let names = sources.map(\.name).joined(last: "and")
    let doubtful = silence.map { "; \(model) was not heard (\($0))" } ?? ""
    let untold =
      search?.answer == .nothingToCompare
      ? "; \(search?.function ?? "") found no row to compare with" : ""
    return .pass(
      "\(dimension) in \(names)\(doubtful)\(untold)",
      evidence: ["dimension": .number(Double(dimension))])
  }

  /// The finding where the search function gave no answer that tells, or nil where it did.
  private var unsearched: Finding? {
    guard let search else { return nil }
    let expected =
      "a search by a vector of \(modelDimension.map(String.init) ?? "the model's") numbers"
    switch search.answer {
    case .compared, .nothingToCompare, .otherLength: return nil
    case .unfit(let words):
      return .fail(
        "\(search.function) \(words)", expected: expected, observed: words,
        fix: "searched_by: …   # the function that the application searches with")
    case .untold(let words):
      return .cannotTell(
        "\(search.function) \(words)", expected: expected, observed: words,
        fix: "\\df+ \(search.function)")
    }
  }

  private var columnNames: String { (columns ?? []).map(\.column.text).joined(last: "and") }

  /// The finding where not all sources say the same, or nil where they do.
  private var difference: Finding? {
    let sources = sources
    guard let first = sources.first, sources.contains(where: { $0.dimension != first.dimension })
    else { return nil }
    // The odd ones out are those against a majority; where there is none, what is declared is meant, and the columns have to fit.
    let counts = Dictionary(grouping: sources, by: \.dimension).mapValues(\.count)
    let most = counts.values.max() ?? 0
    let leaders = counts.filter { $0.value == most }.keys.sorted()
    let right = leaders.count == 1 ? leaders[0] : declared ?? modelDimension ?? first.dimension
    let odd = sources.filter { $0.dimension != right }
    let message =
      odd.map { "\($0.dimension) in \($0.name)" }.joined(last: "and") + ", but \(right) in "
      + sources.filter { $0.dimension == right }.map(\.name).joined(last: "and")
    let unheard = silence.map { "; \(model) was not heard (\($0))" } ?? ""
    return .fail(
      message + unheard, expected: "\(right)",
      observed: odd.map { "\($0.dimension) (\($0.name))" }.joined(separator: ", "),
      fix: fix(of: odd, right: right),
      evidence: Dictionary(
        sources.map { ($0.name, .number(Double($0.dimension))) }, uniquingKeysWith: { $1 }))
  }

  /// SQL for columns that are odd, else YAML; the other way stands behind it as a comment.
  private func fix(of odd: [Source], right: Int) -> String {
    let columns = columns ?? []
    let modelIsOdd = odd.contains { if case .model = $0.kind { true } else { false } }
    let declaredIsOdd = odd.contains { if case .declared = $0.kind { true } else { false } }
    let oddColumns = odd.compactMap { if case .column(let facts) = $0.kind { facts } else { nil } }
    if declaredIsOdd, oddColumns.isEmpty, !modelIsOdd {
      return "dimensions: \(right)   # under `\(service)`"
    }
    if modelIsOdd, oddColumns.isEmpty {
      let kept =
        ColumnFacts.alterations(of: columns, to: modelDimension ?? right, .none)
        + (views.warning(of: columns).map { [$0] } ?? [])
      let other = "or declare `dimensions: \(modelDimension ?? right)`, and store that:"
      return
        ([
          "dimensions: \(right)   # under `\(service)`, in each request, and the endpoint must heed it"
        ]
        + (kept.isEmpty ? [] : [other] + kept).map { "# \($0)" }).joined(separator: "\n")
    }
    var lines: [String] = []
    if declaredIsOdd || modelIsOdd {
      lines.append("-- dimensions: \(right)   # under `\(service)`")
    }
    lines += ColumnFacts.alterations(of: oddColumns, to: right, views)
    let other = oddColumns.first?.dimension
    if let other, oddColumns.count == columns.count, canAnswer(other) {
      lines.append("-- or keep the columns, and have `dimensions: \(other)` asked for:")
      lines.append("-- dimensions: \(other)   # under `\(service)`")
    }
    return lines.joined(separator: "\n")
  }

  /// Whether the model can be asked for vectors of this length, as far as is known.
  private func canAnswer(_ dimension: Int) -> Bool {
    guard let known else { return true }
    return known.isAdjustable ? dimension <= known.nativeDimensions : false
  }

  private var unindexable: Finding? {
    for facts in columns ?? [] {
      guard let limit = facts.indexLimit, let dimension = facts.dimension, dimension > limit else {
        continue
      }
      let name = facts.column.text
      let half = dimension <= 4_000 && facts.baseType == "vector"
      return .fail(
        "\(name) is \(facts.type), and no index takes more than \(limit) dimensions of that type",
        expected: "at most \(limit) dimensions", observed: "\(dimension)",
        fix: half
          ? """
          alter table \(facts.column.table.sql) alter column \(SQLText.name(facts.column.column)) \
          type halfvec(\(dimension));
          """
          : "-- dimensions: \(limit)   # under `\(service)`\n"
            + ColumnFacts.alterations(of: [facts], to: limit, views).joined(separator: "\n"))
    }
    return nil
  }

  private func failure(ofUnusable columns: [ColumnFacts]) -> Finding {
    let wanted = declared ?? answered ?? known?.nativeDimensions
    let size = wanted.map { "(\($0))" } ?? "(N)"
    var observed: [String] = []
    var fixes: [String] = []
    if columns.contains(where: { !$0.hasExtension }) {
      observed.append("the database has no extension vector (pgvector)")
      fixes.append("create extension vector;")
    }
    // Those that differ in nothing but the missing number keep their vectors.
    fixes += views.around(columns.filter { $0.state == .unsized }) { facts in
      "alter table \(facts.base.table.sql) "
        + "alter column \(SQLText.name(facts.base.column)) type \(facts.baseType)\(size);"
    }
    for facts in columns {
      let (table, name) = (facts.column.table.sql, SQLText.name(facts.column.column))
      func meant(_ near: String?) -> String { near.map { "; did you mean \($0)?" } ?? "" }
      switch facts.state {
      case .sized: continue
      case .unsized:
        observed.append("\(facts.column.text) takes vectors of any dimension")
      case .otherType:
        observed.append("\(facts.column.text) is of type \(facts.type)")
        fixes += ColumnFacts.alterations(of: [facts], to: wanted ?? 1536, views)
      case .columnMissing(let near):
        observed.append("\(table) has no column \(name)\(meant(near))")
        fixes.append("alter table \(table) add column \(name) vector\(size);")
      case .tableMissing(let near):
        observed.append("there is no table \(table)\(meant(near))")
        fixes.append("create table \(table) (\(name) vector\(size));   -- and its other columns")
      }
    }
    return .fail(
      observed.joined(separator: "; "),
      expected: "vector\(size) in " + columns.map(\.column.text).joined(last: "and"),
      observed: observed.joined(separator: "; "), fix: fixes.joined(separator: "\n"))
  }
}
