internal import Core
internal import Digest
internal import YAML

/// Why a file that a checklist includes could not be read, in the system's words.
package struct UnreadableFile: Error, Sendable, Equatable {
  package let words: String

  package init(words: String) {
    self.words = words
  }
}

/// A checklist's file and all that it includes, each once, the including one first.
struct Inclusion {
  /// One of the files, as far as it is YAML.
  struct File {
    let path: String
    /// `sha256:` and 64 hexadecimal digits.
    let digest: String
    let document: YAMLDocument
  }

  private(set) var files: [File] = []
  private let contents: (String) -> Result<[UInt8], UnreadableFile>

  init(contents: @escaping (String) -> Result<[UInt8], UnreadableFile>) {
    self.contents = contents
  }

  /// Reads a file and, depth first, what it includes; faults go to the reader.
  mutating func add(_ path: String, _ bytes: [UInt8], to reader: inout FieldReader) {
    add(path, bytes, under: [], to: &reader)
  }

  private mutating func add(
    _ path: String, _ bytes: [UInt8], under parents: [String], to reader: inout FieldReader
  ) {
    let document = YAMLDocument.parse(bytes, file: path)
    files.append(
      File(path: path, digest: "sha256:" + SHA256Text.hex(of: bytes), document: document))
    for diagnostic in document.diagnostics { reader.keep(diagnostic) }
    reader.hideSecrets(near: document.diagnostics, in: document.source)
    for item in reader.includes(of: document.root) {
      guard case .text(let name) = item.value else { continue }
      follow(name, at: item.location, under: parents + [path], to: &reader)
    }
  }

  private mutating func follow(
    _ name: String, at location: SourceLocation, under parents: [String],
    to reader: inout FieldReader
  ) {
    let path = Inclusion.path(of: name, from: parents[parents.count - 1])
    if let start = parents.firstIndex(of: path) {
      reader.fail(
        parents.count - start == 1
          ? "this file includes itself"
          : "these files include each other: "
            + (parents[start...] + [path]).joined(separator: " → "), at: location)
      return
    }
    guard !files.contains(where: { $0.path == path }) else { return }
    guard files.count < Limit.checklistFiles else {
      reader.fail("a checklist is made of at most \(Limit.checklistFiles) files", at: location)
      return
    }
    switch contents(path) {
    case .success(let bytes): add(path, bytes, under: parents, to: &reader)
    case .failure(let fault):
      reader.fail(
        "cannot read \(name.quoted): \(fault.words)", at: location,
        help: "it is looked for beside this file: \(path.escaped)")
    }
  }

  /// The path that a name stands for in a file, without `.` and, as far as it goes, without `..`.
  private static func path(of name: String, from file: String) -> String {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let isAbsolute = name.hasPrefix("/") || file.hasPrefix("/")
    var parts: [Substring] = []
    for part in (name.hasPrefix("/") ? [] : Array(folder)) + name.split(separator: "/") {
      switch part {
      case "", ".": continue
      case "..":
        if let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
      default: parts.append(part)
      }
    }
    return (isAbsolute ? "/" : "") + parts.joined(separator: "/")
  }

  /// What stands for all files' bytes: one file's own digest, or that of the list of all of them.
  var digest: String {
    files.count == 1
      ? files[0].digest
      : "sha256:" + SHA256Text.hex(of: Array(files.map { $0.digest + "\n" }.joined().utf8))
  }
}

extension FieldReader {
  /// The files that a file includes; faults of the list are told here.
  fileprivate mutating func includes(of root: Node?) -> [Setting] {
    guard let root, case .mapping(let entries) = root.content else { return [] }
    let place = Place(name: "a checklist", location: root.location, fillsVariables: false)
    return settings(entries, by: [TopLevelFields.include], in: place)
      .list(TopLevelFields.include.name)
  }
}
