internal import Checklist
internal import Checks
internal import Core

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The checklist's file: which one it is, and what reading it gives.
enum ChecklistFile {
  /// What is looked for, in this order, where the person names none.
  static let usual = ["preflight.yaml", "checklists/embeddings.yaml"]

  /// Reads a checklist with all that can be said of it without asking anybody.
  ///
  /// - Parameter path: as the person gave it, or nil.
  /// - Returns: the checklist or its faults; a file that cannot be read is a fault too.
  static func read(_ path: String?) -> ReadChecklist {
    guard let path = path ?? usual.first(where: { unsafe access($0, F_OK) == 0 }) else {
      return unreadable(
        "there is no \(usual.joined(last: "and no"))",
        help: "name a checklist, as in: preflight check deploy/preflight.yaml")
    }
    let bytes: [UInt8]
    switch contents(of: path) {
    case .success(let read): bytes = read
    case .failure(let fault):
      return unreadable("cannot read \(path.quoted): \(fault.words)", help: nil)
    }
    let read = Checklist.read(path: path, bytes: bytes, kinds: allKindDeclarations)
    guard let checklist = read.checklist else { return read }
    let found = diagnostics(for: checklist)
    return ReadChecklist(
      checklist: found.contains { $0.severity == .error } ? nil : checklist,
      diagnostics: read.diagnostics + found, source: read.source)
  }

  private static func unreadable(_ message: String, help: String?) -> ReadChecklist {
    ReadChecklist(
      checklist: nil, diagnostics: [Diagnostic(message, at: nil, help: help)], source: nil)
  }

  private struct Unreadable: Error {
    let words: String
  }

  /// At most one byte more than a checklist may have, which is enough to see that it has too many.
  private static func contents(of path: String) -> Result<[UInt8], Unreadable> {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .failure(lastFault()) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= Limit.checklistBytes {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(lastFault())
      }
      bytes += chunk.prefix(count)
    }
    return .success(bytes)
  }

  private static func lastFault() -> Unreadable {
    Unreadable(words: unsafe String(cString: strerror(errno)))
  }
}
