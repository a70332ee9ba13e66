import Core
import Glibc
import Postgres
import Sandbox
import Subprocess
import Synchronization
import Testing

/// `make chaos` has the same test with many more workers, items and kills; `docs/chaos.md` says what it
/// proves.
@Suite("Chaos", .serialized, .timeLimit(.minutes(30)))
struct ChaosTests {
  // What the last kill leaves behind is taken over after 15 s, which a test has to sit out.
  @Test(
    "workers are killed, sessions ended, rows edited and deleted: each vector is stored once, counted once, of the last text",
    arguments: ChaosPlan.asked)
  func chaos(_ plan: ChaosPlan) async throws {
    let begin = ContinuousClock.now
    try await Stage.set(SandboxOptions(pgbouncer: true)) { stage in
      let world = try await ChaosWorld.create(on: stage, items: plan.items)
      let fleet = Fleet(plan.workers, in: world)
      var (ended, edited, deleted) = (0, 0, 0)
      for (stored, event) in plan.events {
        try await Stage.wait(for: "\(stored) items to be stored") {
          try await world.counted() >= stored
        }
        switch event {
        case .kill(let slot): try await fleet.kill(slot)
        case .endSessions(let salt): ended += try await world.endSessions(salt: salt)
        case .edit(let rows, let mark): edited += try await world.edit(rows, mark: mark)
        case .delete(let rows): deleted += try await world.delete(rows)
        }
      }
      let ends = try await fleet.ends()
      #expect(ends.count { $0.status == .signaled(SIGKILL) } == plan.kills)
      for end in ends where ![.signaled(SIGKILL), .exited(0), .exited(5)].contains(end.status) {
        Issue.record("a worker ended with \(end.status): \(end.output)")
      }
      // Rows that were edited after the last run had begun.
      let last = try await stage.run(Fleet.work)
      #expect([.exited(0), .exited(5)].contains(last.status), "\(last.output)")
      let writes = try await world.audit()
      let runs = try await world.number(
        "select count(*) from preflight.run where state = 'verified'")
      await world.connection.close()
      print(
        """
        chaos, \(plan.testDescription): \(ended) sessions ended, \(edited) rows edited and \(deleted) \
        deleted; \(writes) vectors written in \(runs) runs, each counted once; \(ContinuousClock.now - begin)
        """)
    }
  }
}

/// Workers that are started again whenever one was killed, until there is nothing left to do.
private struct Fleet: Sendable {
  static let work = [
    "run", "Tests/BlackBoxTests/Fleet/chaos.yaml", "--ungated", "--until-empty",
  ]

  private let slots: [Slot]
  private let tasks: [Task<[Running.End], any Error>]

  /// Every other worker goes past the pooler.
  init(_ count: Int, in world: ChaosWorld) {
    let slots = (0..<count).map { place in
      Slot(
        stage: world.stage,
        environment: place.isMultiple(of: 2) ? [:] : ["DATABASE_URL": world.directURL])
    }
    self.slots = slots
    tasks = slots.map { slot in Task { try await slot.work() } }
  }

  func kill(_ slot: Int) async throws { try await slots[slot].kill() }

  /// How each worker ended, once all have.
  func ends() async throws -> [Running.End] {
    var ends: [Running.End] = []
    for task in tasks { ends += try await task.value }
    return ends
  }
}

/// The place of one worker, who is followed by another when killed.
private final class Slot: Sendable {
  private let stage: Stage
  private let environment: [String: String]
  /// Nobody while one is being replaced.
  private let worker = Mutex<Running?>(nil)
  /// How the last one ended, after whom there is none.
  private let last = Mutex<Running.End?>(nil)

  init(stage: Stage, environment: [String: String]) {
    self.stage = stage
    self.environment = environment
  }

  func work() async throws -> [Running.End] {
    var ends: [Running.End] = []
    while true {
      let next = try await stage.start(Fleet.work, environment: environment)
      worker.withLock { $0 = next }
      ends.append(try await next.end())
      worker.withLock { $0 = nil }
      guard let end = ends.last, end.status == .signaled(SIGKILL) else {
        last.withLock { $0 = ends.last }
        return ends
      }
    }
  }

  /// A worker ended by itself before all events had come.
  struct Left: Error {
    let end: Running.End
  }

  func kill() async throws {
    try await Stage.wait(for: "a worker to kill") {
      if let end = last.withLock({ $0 }) { throw Left(end: end) }
      guard let found = worker.withLock({ $0.take() }) else { return false }
      found.signal(SIGKILL)
      return true
    }
  }
}
