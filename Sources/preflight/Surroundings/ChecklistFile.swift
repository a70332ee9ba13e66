internal import Checklist
internal import Checks
internal import Core

/// The checklist's file: which one it is, and what reading it gives.
enum ChecklistFile {
  /// What is looked for, in this order, where the person names none.
  static let usual = ["preflight.yaml", "checklists/embeddings.yaml"]

  /// Whether there is one where the person names none.
  static var isThere: Bool { usual.contains { InputFile.exists($0) } }

  /// Reads a checklist with all faults that show without asking anybody.
  ///
  /// - Parameter path: as the person gave it, or nil.
  /// - Returns: the checklist or its faults; a file that cannot be read is a fault too.
  static func read(_ path: String?) -> ReadChecklist {
    guard let path = path ?? usual.first(where: { InputFile.exists($0) }) else {
      return unreadable(
        "there is no \(usual.joined(last: "and no"))",
        help: "name a checklist, as in: preflight check deploy/preflight.yaml")
    }
    let bytes: [UInt8]
    do throws(UnreadableFile) {
      bytes = try contents(of: path)
    } catch {
      return unreadable("cannot read \(path.quoted): \(error.words)", help: nil)
    }
    let read = Checklist.read(path: path, bytes: bytes, kinds: allKindDeclarations) { included in
      Result { () throws(UnreadableFile) in try contents(of: included) }
    }
    guard let checklist = read.checklist else { return read }
    let found = diagnostics(for: checklist)
    return ReadChecklist(
      checklist: found.contains { $0.severity == .error } ? nil : checklist,
      diagnostics: read.diagnostics + found,
      sources: read.sources.map { $0.hiding(valuesInPlaceOfNames(in: checklist)) })
  }

  private static func contents(of path: String) throws(UnreadableFile) -> [UInt8] {
    // One byte more than allowed is enough to see that there are too many.
    try InputFile.contents(of: path, atMost: Limit.checklistBytes + 1)
  }

  private static func unreadable(_ message: String, help: String?) -> ReadChecklist {
    ReadChecklist(
      checklist: nil, diagnostics: [Diagnostic(message, at: nil, help: help)], sources: [])
  }
}
