internal import Core
internal import FoundationEssentials

/// Rows from a JSONL file: one object a line, with `id`, `repository`, `kind`, `number`, `title`,
/// `body` (which may be null) and `created_at`.
struct RowFile {
  /// The largest file, in bytes.
  static let largest = 256 * 1_048_576
  /// The bounds of Postgres' `integer`.
  static let numbers = 0...Int64(Int32.max)

  let rows: [SourceRow]

  /// Reads a whole file; a fault names the line.
  static func read(_ path: String) throws(SandboxProblem) -> RowFile {
    let attributes: [FileAttributeKey: Any]
    do {
      attributes = try FileManager.default.attributesOfItem(atPath: path)
    } catch {
      throw .rowsUnreadable(path: path, "no such file, or it may not be read")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw .rowsUnreadable(path: path, "it is not a file")
    }
    guard let size = attributes[.size] as? Int, size <= largest else {
      throw .rowsUnreadable(path: path, "it is larger than \(largest / 1_048_576) MiB")
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw .rowsUnreadable(path: path, "no such file, or it may not be read")
    }
    return try RowFile(bytes, path: path)
  }

  init(_ bytes: Data, path: String) throws(SandboxProblem) {
    var rows: [SourceRow] = []
    var lineOfID: [String: Int] = [:]
    let decoder = JSONDecoder()
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      do throws(RowFault) {
        let row = try RowFile.row(line, decoder)
        if let first = lineOfID.updateValue(index + 1, forKey: row.id) {
          throw .repeatedID(row.id, firstLine: first)
        }
        rows.append(row)
      } catch {
        throw .rowInvalid(path: path, line: index + 1, error.message)
      }
    }
    guard !rows.isEmpty else { throw .rowsUnreadable(path: path, "it holds no rows") }
    self.rows = rows
  }

  private static func row(_ line: Data, _ decoder: JSONDecoder) throws(RowFault) -> SourceRow {
    let fields: Fields
    do {
      fields = try decoder.decode(Fields.self, from: line)
    } catch DecodingError.keyNotFound(let key, _) {
      throw .missing(key.stringValue)
    } catch DecodingError.typeMismatch(_, let context) {
      throw context.codingPath.last.map { .wrongType($0.stringValue) } ?? .notAnObject
    } catch DecodingError.valueNotFound(_, let context) {
      throw context.codingPath.last.map { .wrongType($0.stringValue) } ?? .notAnObject
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw .wrongType(context.codingPath[0].stringValue)
    } catch {
      throw .notAnObject
    }
    guard let id = UUID(uuidString: fields.id) else { throw .badID(fields.id) }
    guard let number = Int64(exactly: fields.number) else { throw .wrongType("number") }
    guard numbers.contains(number) else { throw .badNumber(number) }
    guard RFC3339.isMoment(fields.created_at) else { throw .badTime(fields.created_at) }
    for (name, text) in [
      ("repository", fields.repository), ("title", fields.title), ("body", fields.body ?? ""),
    ] where text.utf8.contains(0) {
      throw .holdsNUL(name)
    }
    return SourceRow(
      id: id.uuidString.lowercased(), repository: fields.repository,
      kind: RowKind(named: fields.kind), number: Int32(number), title: fields.title,
      body: fields.body, createdAt: fields.created_at)
  }
}

/// The fields as they stand in the JSON.
private struct Fields: Decodable {
  let id: String
  let repository: String
  let kind: String
  /// A whole number; the decoder's own words for a fraction do not name the field.
  let number: Double
  let title: String
  let body: String?
  let created_at: String
}

/// What is wrong with one line.
private enum RowFault: Error {
  case notAnObject
  case missing(String)
  case wrongType(String)
  case badID(String)
  case badNumber(Int64)
  case badTime(String)
  case holdsNUL(String)
  case repeatedID(String, firstLine: Int)

  var message: String {
    switch self {
    case .notAnObject: "not a JSON object"
    case .missing(let name): "\(name) is missing"
    case .wrongType("number"): "number is not a whole number"
    case .wrongType(let name): "\(name) is not a text"
    case .badID(let text): "id \(text.quoted) is not a UUID"
    case .badNumber(let number):
      "number \(number) is not between 0 and \(RowFile.numbers.upperBound)"
    case .badTime(let text):
      "created_at \(text.quoted) is not a time with zone, such as 2025-10-09T05:45:00Z"
    case .holdsNUL(let name): "\(name) holds a NUL character, which Postgres cannot store"
    case .repeatedID(let id, let line): "id \(id) stands on line \(line) already"
    }
  }
}

/// The date and time form of RFC 3339, section 5.6.
enum RFC3339 {
  /// Whether a text is a moment: a date that exists, a time, and a zone.
  static func isMoment(_ text: String) -> Bool {
    let form = /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))/
    guard let match = text.wholeMatch(of: form.asciiOnlyDigits()) else { return false }
    let parts = [match.1, match.2, match.3, match.4, match.5, match.6].compactMap { Int($0) }
    let zone = [match.7, match.8].compactMap { $0 }.compactMap { Int($0) }
    guard parts.count == 6, (1...12).contains(parts[1]), parts[0] > 0 else { return false }
    return (1...days(in: parts[1], of: parts[0])).contains(parts[2]) && parts[3] < 24
      && parts[4] < 60 && parts[5] <= 60 && (zone.isEmpty || zone[0] < 16 && zone[1] < 60)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}
