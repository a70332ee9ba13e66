import Core
import FoundationEssentials
import Gate
import Postgres
import Sandbox
import Synchronization
import TestWorld
import Testing

/// How a database is reached, and by whom.
struct Cell: Hashable, Sendable {
  enum Way: CaseIterable { case direct, pooled }
  enum Role {
    case superuser
    /// What `checklists/least-rights.sql` grants.
    case leastRights
    /// Nothing but the right to connect.
    case stranger
  }

  let way: Way
  let role: Role

  static let first = Cell(way: .direct, role: .superuser)
  static let all =
    Way.allCases.flatMap { way in [.superuser, .leastRights].map { Cell(way: way, role: $0) } }
    + [Cell(way: .direct, role: .stranger)]
  /// The two that have nothing in common.
  static let mended = [first, Cell(way: .pooled, role: .leastRights)]
}

/// What every cell says of one sandbox.
struct FaultWorld: Sendable {
  let told: [Cell: Go]
  /// The same again after the fix's SQL has been run, where it is SQL.
  let mended: [Cell: Go]

  private struct Key: Hashable {
    let faults: [SandboxFault]
    let version: Int
  }

  private static let worlds = Mutex<[Key: Task<FaultWorld, any Error>]>([:])

  /// What is said of these faults, planted together; each set of them is planted once.
  static func of(_ faults: [SandboxFault], on version: Int) async throws -> FaultWorld {
    let task = worlds.withLock { worlds in
      let key = Key(faults: faults, version: version)
      let task = worlds[key] ?? Task { try await plant(faults, on: version) }
      worlds[key] = task
      return task
    }
    return try await task.value
  }

  private static func plant(
    _ faults: [SandboxFault], on version: Int
  ) async throws -> FaultWorld {
    let checklist = try shipped("every-fault.yaml")
    let rights = try shipped("least-rights.sql")
    return try await TestWorld.sandbox(Set(faults), on: version) { sandbox, direct, pooled in
      let database = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
      // They go with the server, as the rights that they have here go with the database.
      let names = [
        Cell.Role.leastRights: "preflight_check_\(sandbox.database)",
        .stranger: "stranger_\(sandbox.database)",
      ]
      func url(_ cell: Cell) -> String {
        let port = cell.way == .direct ? direct : pooled
        return names[cell.role].map {
          "postgres://\($0):only-a-test@127.0.0.1:\(port)/\(sandbox.database)"
        }
          ?? sandbox.databaseURL.reveal { $0.replacing(":\(direct)/", with: ":\(port)/") }
      }
      func go(_ cells: [Cell]) async throws -> [Cell: Go] {
        try await withThrowingTaskGroup(of: (Cell, Go).self) { group in
          for cell in cells {
            let url = url(cell)
            group.addTask {
              var environment = sandbox.environment
              environment["DATABASE_URL"] = url
              return (cell, try await Go(checklist, environment).naming(environment))
            }
          }
          return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
      }
      try await database.script(
        rights.replacing("preflight_check", with: names[.leastRights] ?? ""), timeout: .seconds(10))
      try await database.script(
        names.values.sorted().map { name in
          name.hasPrefix("stranger")
            ? "create role \(name) login password 'only-a-test';"
            : "alter role \(name) password 'only-a-test';"
        }.joined(), timeout: .seconds(10))
      // What a canary of one cell has left in a vector index would be compared with the other cells' vectors,
      // where the planner goes by the index: on tables this small that changes from moment to moment.
      try await database.script(
        "alter database \(sandbox.database) set enable_indexscan = off", timeout: .seconds(10))
      let told = try await go(Cell.all)
      var mended: [Cell: Go] = [:]
      if faults.count == 1, let intended = faults[0].intended, intended.isMendedBySQL {
        let fix = try #require(told[.first]?[intended.id]?.fix)
        for statements in FaultWorld.separate(fix) {
          try await database.script(statements, timeout: .seconds(10))
        }
        mended = try await go(Cell.mended)
      }
      await database.close()
      return FaultWorld(told: told, mended: mended)
    }
  }

  /// The fix as `psql` would send it as far as it matters: what builds concurrently goes alone, for it
  /// refuses to be part of a transaction.
  private static func separate(_ sql: String) -> [String] {
    var parts = [""]
    for line in sql.split(separator: "\n") {
      if line.contains("index concurrently") {
        parts += [String(line), ""]
      } else {
        parts[parts.count - 1] += line + "\n"
      }
    }
    return parts.filter { !$0.isEmpty }
  }

  private static func shipped(_ name: String) throws -> String {
    try String(
      decoding: Data(contentsOf: URL(filePath: root + "/checklists/" + name)), as: UTF8.self)
  }

  /// The checkout's folder.
  static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
}

extension Go {
  /// The checks that were not asked, and not because of one of these.
  func skipped(otherThanBecauseOf ids: Set<String>) -> [String] {
    self.ids(.skip).filter { id in
      var id = id
      while let before = self[id]?.because { id = before }
      return !ids.contains(id)
    }
  }
}
