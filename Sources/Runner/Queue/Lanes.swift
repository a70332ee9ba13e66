internal import Core

/// The connections over which a process takes part in a run, beside the one that looks at it.
struct Lanes: Sendable {
  /// More would wait for each other in the database, and leave each other less to store together.
  private static let mostWriters = 2
  /// How many there are at most.
  static let most = 1 + mostWriters

  /// To claim over, and to search over when all is stored.
  let claimer: Database
  let writers: [Database]

  init(to url: Secret, contact: Contact, workers: Int) {
    func lane() -> Database { Database(url, contact: contact, plansOnce: true) }
    claimer = lane()
    writers = (0..<min(Lanes.mostWriters, workers)).map { _ in lane() }
  }

  /// Opens them beside each other, ahead of their first statements.
  func open() async {
    await each { lane in await lane.open() }
  }

  /// Has the server parse, ahead of their coming, what comes over them again and again.
  func prepare(for queue: RunQueue, claiming batches: Int, positions: Int?) async {
    let (claim, finish) = (
      queue.claiming(batches: batches, positions: positions), queue.finishing([])
    )
    await each { lane in await lane.prepare(lane === claimer ? claim : finish) }
  }

  func close() async {
    await each { lane in await lane.close() }
  }

  private func each(_ body: @escaping @Sendable (Database) async -> Void) async {
    await withDiscardingTaskGroup { group in
      for lane in writers + [claimer] { group.addTask { await body(lane) } }
    }
  }
}
