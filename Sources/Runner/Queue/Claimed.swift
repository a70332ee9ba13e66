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

  /// Sorts the items of the claiming statement's rows, of which each is a batch.
  ///
  /// - Parameters:
  ///   - rows: Token, attempts, soft faults, and of each item the position, and the text or null.
  ///   - size: How many items a batch may have.
  ///   - positions: The last one that may be begun, or nil for any.
  ///   - attempts: How many an item has.
  /// - Throws: That the rows are not such rows.
  init(
    _ rows: Rows, size: Int, positions: Int?, attempts: Int
  ) throws(PostgresFault) {
    for row in rows {
      var batch = Batch(token: try row.text("token"))
      let (texts, softFaults) = (try row.elements("texts"), try row.int("soft_faults"))
      let isSpent = try row.int("attempts") > attempts
      for (place, position) in zip(texts.indices, try row.ints("positions")) {
        let position = Int32(clamping: position)
        guard place < size, positions.map({ position <= $0 }) ?? true else {
          beyond.append(position)
          continue
        }
        guard let bytes = texts[place] else {
          gone.append(position)
          continue
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw .undecodable(column: "texts", type: "text")
        }
        guard !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) else {
          gone.append(position)
          continue
        }
        let item = ClaimedItem(
          position: position, text: text, hash: SHA256Text.hex(of: Array(bytes)),
          softFaults: softFaults)
        if isSpent { spent.append(item) } else { batch.items.append(item) }
      }
      batches.append(batch)
    }
    count = batches.count
  }
}
