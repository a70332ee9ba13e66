internal import Digest
internal import Postgres

/// An item under a lease.
struct ClaimedItem: Sendable, Equatable {
  /// Its place in the run, by which the queue knows it.
  let position: Int32
  let text: String
  /// The digest of the text: what is stored has to be the vector of this very text.
  let hash: String
  /// Faults that were not its own: how often a request with it failed for the provider's sake.
  let softFaults: Int

  var estimatedTokens: Int { max(1, text.utf8.count / 4) }
}

/// Items leased together under one token.
struct Batch: Sendable, Equatable {
  let token: String
  fileprivate(set) var items: [ClaimedItem] = []
}

/// What a claim found.
struct Claimed: Sendable {
  var batches: [Batch] = []
  /// How many batches were leased, those among them of which nothing is left.
  private(set) var count = 0
  /// Positions that are not to be embedded now.
  private(set) var beyond: [Int32] = []
  /// Positions whose source rows are gone, or whose texts are, or are nothing but space.
  private(set) var gone: [Int32] = []
  /// Items that were claimed too often.
  private(set) var spent: [ClaimedItem] = []

  /// Sorts the rows of the claiming statement, which come batch by batch.
  ///
  /// - Parameters:
  ///   - rows: Position, token, attempts, soft faults, and the text or null.
  ///   - size: How many items a batch may have.
  ///   - positions: The last one that may be begun, or nil for any.
  ///   - attempts: How many an item has.
  /// - Throws: That the rows are not such rows.
  init(
    _ rows: Rows, size: Int, positions: Int?, attempts: Int
  ) throws(PostgresFault) {
    var items = 0
    for row in rows {
      let token = try row.text("token")
      if batches.last?.token != token {
        batches.append(Batch(token: token))
        items = 0
      }
      items += 1
      let position = Int32(clamping: try row.int("position"))
      guard items <= size, positions.map({ position <= $0 }) ?? true else {
        beyond.append(position)
        continue
      }
      guard let text = try row.optionalText("text"), !text.allSatisfy(\.isWhitespace) else {
        gone.append(position)
        continue
      }
      let item = ClaimedItem(
        position: position, text: text,
        // Of the bytes that the server has: a text that is no UTF-8 is not what a client reads.
        hash: SHA256Text.hex(of: try row.bytes("text")), softFaults: try row.int("soft_faults"))
      if try row.int("attempts") > attempts {
        spent.append(item)
      } else {
        batches[batches.count - 1].items.append(item)
      }
    }
    count = batches.count
  }
}
