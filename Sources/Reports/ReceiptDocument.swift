internal import Checklist
internal import Core
internal import FoundationEssentials
package import Gate

/// A receipt as a JSON document, version 1.
package enum ReceiptDocument {
  private static let schemaVersion = 1

  /// Why a file is no receipt that this program reads.
  package enum Fault: Error, Sendable, Equatable {
    case notJSON
    case unknownVersion(Int)
    /// A value is missing, superfluous or of another type.
    case malformed(String)

    package var message: String {
      switch self {
      case .notJSON: "it is no JSON document"
      case .unknownVersion(let version):
        "it has the version \(version), and this preflight reads version \(schemaVersion)"
      case .malformed(let name): "\(name.quoted) is missing or makes no sense"
      }
    }
  }

  /// The document over several lines, for people to read too.
  package static func text(of receipt: Receipt) -> String {
    JSONDocument.object([
      ("schema_version", .whole(schemaVersion)),
      ("tool", .object([("name", .text("preflight")), ("version", .text(receipt.toolVersion))])),
      (
        "checklist",
        .object([
          ("path", .text(receipt.checklistPath)), ("digest", .text(receipt.checklistDigest)),
        ])
      ),
      ("phase", .text(receipt.phase.rawValue)),
      ("issued_at", .text(receipt.issuedAt.rfc3339)),
      ("partial", .flag(receipt.isPartial)),
      ("forced", .flag(receipt.isForced)),
      ("waived", .list(receipt.waived.map { .text($0) })),
      ("databases", .list(receipt.target.databases.map(database))),
      ("models", .list(receipt.target.models.map(model))),
    ]).rendered() + "\n"
  }

  private static func database(_ database: TargetIdentity.Database) -> JSONDocument {
    .object([
      ("service", .text(database.service)),
      ("system_identifier", .text(database.systemIdentifier)),
      ("database", .text(database.database)),
      (
        "columns",
        .list(
          database.columns.map { column in
            .object([
              ("name", .text(column.name)), ("relation", .whole(column.relation)),
              ("number", .whole(column.number)), ("type", .text(column.type)),
            ])
          })
      ),
    ])
  }

  private static func model(_ model: TargetIdentity.Model) -> JSONDocument {
    .object([
      ("service", .text(model.service)), ("endpoint", .text(model.endpoint)),
      ("model", .text(model.model)),
      ("dimensions", model.dimensions.map { .whole($0) } ?? .null),
    ])
  }

  private struct Version: Decodable {
    let schema_version: Int
  }

  /// What a receipt of any version has, and a report has not.
  private struct Mark: Decodable {
    struct Tool: Decodable { let name: String }
    let schema_version: Int
    let tool: Tool
    let issued_at: String
  }

  /// Whether these are a receipt's bytes, of this version or another.
  package static func isReceipt(_ bytes: [UInt8]) -> Bool {
    (try? JSONDecoder().decode(Mark.self, from: Data(bytes)))?.tool.name == "preflight"
  }

  private struct Stored: Decodable {
    struct Tool: Decodable { let version: String }
    struct File: Decodable {
      let path: String
      let digest: String
    }
    let tool: Tool
    let checklist: File
    let phase: String
    let issued_at: String
    let partial: Bool
    let forced: Bool
    let waived: [String]
    let databases: [TargetIdentity.Database]
    let models: [TargetIdentity.Model]
  }

  /// Reads what `text` writes; what it cannot read is no receipt.
  package static func read(_ bytes: [UInt8]) throws(Fault) -> Receipt {
    let stored: Stored
    do {
      let version = try JSONDecoder().decode(Version.self, from: Data(bytes)).schema_version
      guard version == schemaVersion else { throw Fault.unknownVersion(version) }
      stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
    } catch let fault as Fault {
      throw fault
    } catch let error as DecodingError {
      throw fault(of: error)
    } catch {
      throw .notJSON
    }
    guard let phase = Phase(rawValue: stored.phase) else { throw .malformed("phase") }
    guard let issuedAt = Timestamp(rfc3339: stored.issued_at) else { throw .malformed("issued_at") }
    return Receipt(
      toolVersion: stored.tool.version, checklistPath: stored.checklist.path,
      checklistDigest: stored.checklist.digest, phase: phase, issuedAt: issuedAt,
      isPartial: stored.partial, isForced: stored.forced, waived: stored.waived,
      target: TargetIdentity(databases: stored.databases, models: stored.models))
  }

  private static func fault(of error: DecodingError) -> Fault {
    switch error {
    case .keyNotFound(let key, _): .malformed(key.stringValue)
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      .malformed(context.codingPath.last?.stringValue ?? "the document")
    default: .notJSON
    }
  }
}
