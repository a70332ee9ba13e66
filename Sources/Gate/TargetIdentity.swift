/// What a proof was about, so that a later run can tell whether it stands before the same thing.
package struct TargetIdentity: Sendable, Equatable, Codable {
  /// A database and those of its columns that hold vectors.
  package struct Database: Sendable, Equatable, Codable {
    /// The service's name in the checklist.
    package let service: String
    /// Postgres's own number for the cluster, which a copy of its files shares and a restored dump
    /// does not.
    package let systemIdentifier: String
    package let database: String
    package let columns: [Column]

    private enum CodingKeys: String, CodingKey {
      case service
      case systemIdentifier = "system_identifier"
      case database
      case columns
    }

    package init(
      service: String, systemIdentifier: String, database: String, columns: [Column]
    ) {
      self.service = service
      self.systemIdentifier = systemIdentifier
      self.database = database
      self.columns = columns
    }
  }

  /// A column, by the numbers that change when it is made anew.
  package struct Column: Sendable, Equatable, Codable {
    /// As the checklist names it, `table.column`.
    package let name: String
    /// The table's object identifier; 0 where there is no such column.
    package let relation: Int
    /// The column's number in its table; 0 where there is no such column.
    package let number: Int
    /// As Postgres writes it, with its modifier.
    package let type: String

    package init(name: String, relation: Int, number: Int, type: String) {
      self.name = name
      self.relation = relation
      self.number = number
      self.type = type
    }
  }

  /// A model behind its endpoint.
  package struct Model: Sendable, Equatable, Codable {
    /// The service's name in the checklist.
    package let service: String
    package let endpoint: String
    package let model: String
    /// The length that vectors are asked for with; nil leaves the model its own.
    package let dimensions: Int?

    package init(service: String, endpoint: String, model: String, dimensions: Int?) {
      self.service = service
      self.endpoint = endpoint
      self.model = model
      self.dimensions = dimensions
    }
  }

  package let databases: [Database]
  package let models: [Model]

  package init(databases: [Database], models: [Model]) {
    self.databases = databases
    self.models = models
  }

  /// What of this target another one has differently, a line each; none where they are the same.
  package func differences(to now: TargetIdentity) -> [String] {
    var found: [String] = []
    for old in databases {
      let new = now.databases.first { $0.service == old.service }
      found += new.map(old.differences) ?? ["\(old.service): the checklist has no such database"]
    }
    for old in models {
      let new = now.models.first { $0.service == old.service }
      found += new.map(old.differences) ?? ["\(old.service): the checklist has no such model"]
    }
    let known = databases.map(\.service) + models.map(\.service)
    let unknown = (now.databases.map(\.service) + now.models.map(\.service))
      .filter { !known.contains($0) }
    return found + unknown.map { "\($0): the receipt does not know it" }
  }
}

extension TargetIdentity.Database {
  fileprivate func differences(to now: Self) -> [String] {
    guard systemIdentifier == now.systemIdentifier else {
      return [
        "\(service): it is the server \(now.systemIdentifier) now, and was \(systemIdentifier)"
      ]
    }
    guard database == now.database else {
      return ["\(service): it is the database \(now.database) now, and was \(database)"]
    }
    let gone = columns.filter { old in !now.columns.contains { $0.name == old.name } }
    return gone.map { "\(service): \($0.name) is no column of vectors of the checklist now" }
      + now.columns.compactMap { new in
        guard let old = columns.first(where: { $0.name == new.name }) else {
          return "\(service): the receipt does not know \(new.name)"
        }
        if old == new { return nil }
        if new.relation == 0 { return "\(service): \(new.name) does not exist any more" }
        return old.type == new.type
          ? "\(service): \(new.name) was made anew"
          : "\(service): \(new.name) is \(new.type) now, and was \(old.type)"
      }
  }
}

extension TargetIdentity.Model {
  fileprivate func differences(to now: Self) -> [String] {
    var found: [String] = []
    if endpoint != now.endpoint {
      found.append("\(service): the endpoint is \(now.endpoint) now, and was \(endpoint)")
    }
    if model != now.model {
      found.append("\(service): the model is \(now.model) now, and was \(model)")
    }
    if dimensions != now.dimensions {
      let lengths = [now.dimensions, dimensions].map { $0.map(String.init) ?? "the model's own" }
      found.append("\(service): the length is \(lengths[0]) now, and was \(lengths[1])")
    }
    return found
  }
}
