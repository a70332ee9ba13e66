internal import Core
internal import Gate
internal import Postgres

/// Stored vectors beside those that the model makes of the same texts now.
struct SameModelJudgement: Sendable {
  /// Below it, vectors of one text are of two models: those of one differ in their last digits alone, and
  /// those of two have nothing in common.
  static let leastCosine = 0.98
  /// Rows that a message names.
  private static let named = 3

  let sample: StoredSample
  let service: String
  let model: String
  /// The checklist, where it has a pipeline that could make the vectors anew.
  let checklist: String?
  /// Whether the column takes no null.
  let isNotNull: Bool
  /// Rows that were read.
  let sampled: Int
  /// The rows whose text could be read, each with its new vector.
  let rows: [(stored: StoredSample.Row, made: [Float])]

  private struct Likeness {
    let key: String
    /// Nil where the two are of different lengths.
    let cosine: Double?
    let words: String

    var isSame: Bool { cosine.map { $0 >= SameModelJudgement.leastCosine } ?? false }
  }

  private var name: String { sample.column.text }

  var finding: Finding {
    guard !rows.isEmpty else { return nothing }
    let likenesses = rows.map { SameModelJudgement.likeness(of: $0.stored, to: $0.made) }
    let others = likenesses.filter { !$0.isSame }
    let least = likenesses.compactMap(\.cosine).min()
    let same = likenesses.count - others.count
    var evidence: [String: Evidence] = [
      "compared": .number(Double(likenesses.count)), "same": .number(Double(same)),
    ]
    if let least { evidence["least_cosine"] = .number(least) }
    let unread = sampled - rows.count
    let silent = unread == 0 ? "" : "; \(unread.counted("text")) of the sample could not be read"
    let share = "\(same) of \(likenesses.count) sampled vectors of \(name)"
    guard !others.isEmpty else {
      return .pass(
        "\(share) are those that \(model) makes of their texts now\(silent)", evidence: evidence)
    }
    let shown = others.prefix(SameModelJudgement.named).map(\.words)
    let rest = others.count - shown.count
    let observed = (shown + (rest > 0 ? ["\(rest) more"] : [])).joined(last: "and")
    return .fail(
      "only \(share) are those that \(model) makes of their texts now\(silent)",
      expected: "a cosine of at least \(SameModelJudgement.leastCosine) for each",
      observed: observed, fix: fix(others.map(\.key), isAll: same == 0), evidence: evidence)
  }

  private static func likeness(
    of stored: StoredSample.Row, to made: [Float]
  ) -> Likeness {
    guard stored.vector.count == made.count else {
      return Likeness(
        key: stored.key, cosine: nil,
        words: "\(stored.vector.count) numbers, not \(made.count), for \(stored.key)")
    }
    var (product, one, other) = (0.0, 0.0, 0.0)
    for (left, right) in zip(stored.vector, made) {
      product += Double(left) * Double(right)
      one += Double(left) * Double(left)
      other += Double(right) * Double(right)
    }
    // Of a vector of zeros nothing is like another.
    let cosine = one > 0 && other > 0 ? product / (one * other).squareRoot() : 0
    let rounded = (cosine * 10_000).rounded(.down) / 10_000
    return Likeness(key: stored.key, cosine: cosine, words: "\(rounded) for \(stored.key)")
  }

  /// Why nothing could be compared.
  private var nothing: Finding {
    let (table, condition) = sample.rows
    let expected = "stored vectors, and the texts that they were made of"
    guard sampled > 0 else {
      let observed =
        "no row of \(sample.column.table.sql) holds a vector"
        + (sample.condition == nil ? "" : " where \(sample.condition ?? "")")
      return .cannotTell(
        observed, expected: expected, observed: observed,
        fix: "phase: post-deploy   # of this check, until a first run has stored some")
    }
    let observed = "none of \(sampled.counted("text")) can be read: `text` gives nothing"
    return .cannotTell(
      observed, expected: expected, observed: observed,
      fix: "select \(sample.text) from \(table) where \(condition) limit 10;")
  }

  /// SQL that clears what is of another model.
  private func fix(_ keys: [String], isAll: Bool) -> String {
    let (table, condition) = sample.rows
    let list = keys.map(SQLText.literal).joined(separator: ", ")
    let which = isAll ? condition : "source.\(SQLText.name(sample.key))::text in (\(list))"
    let clearing =
      isNotNull
      ? "delete from \(table) where \(which);"
      : "update \(table) set \(SQLText.name(sample.column.column)) = null where \(which);"
    let cause =
      isAll
      ? "-- or configure the model that made them: `model` of \(service)"
      : "-- or leave rows whose text has changed since out by `where`; there may be more than these"
    return [
      clearing, "-- then embed anew" + (checklist.map { ": preflight run \($0)" } ?? ""), cause,
    ]
    .joined(separator: "\n")
  }
}
