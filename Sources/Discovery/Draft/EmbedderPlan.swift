internal import Core
internal import Embeddings

/// Which models fill which columns: one service for each length of vectors.
struct EmbedderPlan {
  /// A column of vectors of a known length.
  struct VectorColumn: Equatable {
    let table: DatabaseFacts.Table
    let column: DatabaseFacts.Column
    let dimension: Int

    /// As a checklist names it.
    var text: String { "\(table.name.sql).\(DatabaseFacts.Name(column.name).sql)" }
  }

  struct Service: Equatable {
    let name: String
    let why: String
    /// What is asked for; nil leaves the model its own width.
    let dimensions: Int?
    let dimensionsWhy: String?
  }

  /// Columns of one length, and the service that is held against them.
  struct Group: Equatable {
    let dimension: Int
    var columns: [VectorColumn]
    var service = "embedder"
    /// What is doubtful about them.
    var doubt: String?
  }

  let model: String
  let modelWhy: String
  private(set) var services: [Service] = []
  private(set) var groups: [Group] = []
  /// Columns that the language cannot name, or that take vectors of any length.
  private(set) var leftOut: [String] = []

  /// Other models that a comment names.
  private static let mostNamed = 3
  private static let usualModel = "text-embedding-3-small"
  static let key = "OPENAI_API_KEY"

  init(_ facts: Facts) {
    let seen = facts.source.models
    let counts = Dictionary(grouping: seen, by: \.value)
    let chosen = seen.map(\.value).max { left, right in
      (counts[left]?.count ?? 0) < (counts[right]?.count ?? 0)
    }
    model = chosen ?? Self.usualModel
    if let chosen, let places = counts[chosen] {
      let others = Set(seen.map(\.value)).subtracting([chosen]).sorted()
      let more = others.count - Self.mostNamed
      let names = others.prefix(Self.mostNamed) + (more > 0 ? ["\(more) more"] : [])
      modelWhy =
        "Named at \(facts.places(places.map(\.place)))."
        + (others.isEmpty
          ? "" : " The source names other models too: \(names.joined(last: "and")).")
    } else {
      modelWhy = "No source file names a model: this is the usual one."
    }
    groups = columnGroups(facts.catalog)
    let wish = Wish(facts, isModelSeen: chosen != nil, known: KnownModel.named(model), groups)
    services.append(
      Service(
        name: "embedder",
        why: """
          The variables and the address are OpenAI's usual ones; any endpoint that speaks its \
          protocol will do.
          """, dimensions: wish.declared, dimensionsWhy: wish.why))
    let main = groups.firstIndex { $0.dimension == wish.dimension } ?? groups.indices.first
    // The check of what is most likely meant comes first.
    if let main { groups.insert(groups.remove(at: main), at: 0) }
    for place in groups.indices.dropFirst() {
      if wish.isCertain, counts.count <= 1 {
        groups[place].doubt =
          "The code asks for \(wish.dimension ?? 0) numbers and no others: either these columns are "
          + "wrong, or another model fills them, which then needs a service of its own."
      } else {
        addService(for: place)
      }
    }
  }

  /// The name of the service that fills a column; nil where none does.
  func service(for table: DatabaseFacts.Table, _ column: DatabaseFacts.Column) -> String? {
    groups.first { $0.columns.contains { $0.table == table && $0.column == column } }?.service
  }

  /// The columns by their length, the length of most columns first.
  private mutating func columnGroups(_ catalog: DatabaseFacts) -> [Group] {
    var groups: [Group] = []
    for table in catalog.tables {
      for column in table.vectors {
        let name = "\(table.name.sql).\(DatabaseFacts.Name(column.name).sql)"
        guard YAMLText.canHold(name) else {
          leftOut.append("\(name): a checklist cannot hold this name.")
          continue
        }
        guard let dimension = column.dimension else {
          leftOut.append("\(name) takes vectors of any length: give it one, and add it here.")
          continue
        }
        let found = VectorColumn(table: table, column: column, dimension: dimension)
        if let place = groups.firstIndex(where: { $0.dimension == dimension }) {
          groups[place].columns.append(found)
        } else {
          groups.append(Group(dimension: dimension, columns: [found]))
        }
      }
    }
    return groups.sorted {
      ($1.columns.count, $0.dimension) < ($0.columns.count, $1.dimension)
    }
  }

  private mutating func addService(for place: Int) {
    let dimension = groups[place].dimension
    let native = KnownModel.named(model)?.nativeDimensions
    let doubt =
      native.map { $0 < dimension } == true
      ? "\(model) answers at most \(native ?? 0) numbers: name the model that fills these columns."
      : "If the first model is to fill these columns too, one of the two lengths is wrong."
    groups[place].service = "embedder-\(dimension)"
    services.append(
      Service(
        name: "embedder-\(dimension)",
        why: "The database also has columns for \(dimension) numbers. \(doubt)",
        dimensions: dimension, dimensionsWhy: nil))
  }

  /// Which length of vectors is asked for.
  private struct Wish {
    /// What goes into the checklist; nil leaves the model its own width.
    let declared: Int?
    /// The length that is then expected.
    let dimension: Int?
    let why: String?
    /// Whether the code tells the length, and not the columns.
    var isCertain = false

    init(_ facts: Facts, isModelSeen: Bool, known: KnownModel?, _ groups: [Group]) {
      let source = facts.source
      let numbers = Set(source.dimensions.map(\.value))
      let native = known?.nativeDimensions
      let stored = groups.first?.dimension
      if numbers.count == 1, let number = numbers.first {
        let places = facts.places(source.dimensions.map(\.place))
        declared = number
        dimension = number
        why = "Asked for at \(places)."
        isCertain = true
      } else if isModelSeen, !source.mentionsDimensions, let native {
        declared = nil
        dimension = native
        why = "No source file asks for `dimensions`, so that the model answers its own \(native)."
        isCertain = true
      } else if let stored, known?.isAdjustable != false {
        declared = stored
        dimension = stored
        why = "The length of the columns; where the code asks for it could not be seen."
      } else {
        declared = nil
        dimension = native
        why = stored == nil ? nil : native.map { "The model answers \($0) numbers and no others." }
      }
    }
  }
}
