internal import Postgres

/// Stores what is embedded over one connection: by one statement whatever has come together.
///
/// While a statement runs, workers bring what the next one stores. So the busier the database is, the
/// more batches share what a statement costs by itself: its planning, its round trip, and the rows on
/// which all workers meet.
actor Writer {
  /// How many numbers one statement stores at most, unless a single request brings more: 480 kB.
  ///
  /// libpq keeps a statement in a buffer that grows by doubling: beyond 512 kB it would take 1 MB.
  private static let numbers = 120_000

  private let queue: RunQueue
  private var waiting: [Order] = []
  private var turn: Turn?
  private var latest = 0
  /// How many orders the statement under way serves, and how many the next one will.
  var orders: (underWay: Int, waiting: Int) { (turn?.orders.count ?? 0, waiting.count) }

  private typealias Answer = CheckedContinuation<Result<Void, PostgresFault>, Never>

  private struct Order {
    let id: Int
    let embedded: Embedded
    let answer: Answer
  }

  /// The statement under way, and whom it serves.
  private struct Turn {
    let orders: [Order]
    let statement: Task<Void, Never>
    var withdrawn: Set<Int> = []
  }

  init(queue: RunQueue) {
    self.queue = queue
  }

  /// Stores the vectors of one request, and returns when they are stored.
  func store(_ embedded: Embedded) async throws(PostgresFault) {
    latest += 1
    let id = latest
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (answer: Answer) in
        guard !Task.isCancelled else { return answer.resume(returning: .failure(.cancelled)) }
        waiting.append(Order(id: id, embedded: embedded, answer: answer))
        if turn == nil { begin() }
      }
    } onCancel: {
      Task { await withdraw(id) }
    }
    try result.get()
  }

  private func begin() {
    var numbers = 0
    let orders = waiting.prefix { order in
      defer { numbers += order.embedded.numbers }
      return numbers == 0 || numbers + order.embedded.numbers <= Writer.numbers
    }
    waiting.removeFirst(orders.count)
    let embedded = orders.map(\.embedded)
    turn = Turn(orders: Array(orders), statement: Task { end(await write(embedded)) })
  }

  private func end(_ results: [Result<Void, PostgresFault>]) {
    for (order, result) in zip(turn?.orders ?? [], results) {
      order.answer.resume(returning: result)
    }
    turn = nil
    if !waiting.isEmpty { begin() }
  }

  private func write(_ embedded: [Embedded]) async -> [Result<Void, PostgresFault>] {
    let together = await finish(embedded)
    guard case .failure(let fault) = together, fault.concernsRows, embedded.count > 1 else {
      return embedded.map { _ in together }
    }
    // The others are not to blame for one that holds a row which the database refuses.
    var results: [Result<Void, PostgresFault>] = []
    for one in embedded { results.append(await finish([one])) }
    return results
  }

  private func finish(_ embedded: [Embedded]) async -> Result<Void, PostgresFault> {
    do throws(PostgresFault) {
      _ = try await queue.finish(embedded)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Nobody waits for this order any more; a statement that serves no other is given up.
  private func withdraw(_ id: Int) {
    if let place = waiting.firstIndex(where: { $0.id == id }) {
      waiting.remove(at: place).answer.resume(returning: .failure(.cancelled))
    } else if turn?.orders.contains(where: { $0.id == id }) == true {
      turn?.withdrawn.insert(id)
      if turn?.withdrawn.count == turn?.orders.count { turn?.statement.cancel() }
    }
  }
}

/// Items with the vectors that a request brought for them, in their order.
struct Embedded: Sendable {
  let items: ArraySlice<ClaimedItem>
  let token: String
  let vectors: ArraySlice<[Float]>
  /// Tokens and requests that have not been counted yet.
  let tokens: Int
  let requests: Int

  var numbers: Int { vectors.reduce(0) { $0 + $1.count } }

  /// Both halves; the first takes what is to be counted.
  var halves: [Embedded] {
    let middle = items.count / 2
    return [
      Embedded(
        items: items.prefix(middle), token: token, vectors: vectors.prefix(middle), tokens: tokens,
        requests: requests),
      Embedded(
        items: items.dropFirst(middle), token: token, vectors: vectors.dropFirst(middle), tokens: 0,
        requests: 0),
    ]
  }
}

extension PostgresFault {
  /// Whether the rows themselves are refused, or one of them, so that a part of them may be stored.
  var concernsRows: Bool {
    switch disposition {
    case .reject, .split: true
    case .retry, .reconnect, .backOff, .abort: false
    }
  }
}
