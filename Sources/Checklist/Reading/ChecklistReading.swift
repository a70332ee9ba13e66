internal import Core
internal import YAML

extension Checklist {
  /// Reads a checklist's file and those that it includes, and tells all faults that can be found in
  /// one go.
  ///
  /// - Parameters:
  ///   - path: The file's name for locations, from which included files' names are reckoned.
  ///   - bytes: What the file holds.
  ///   - kinds: All kinds of checks there are.
  ///   - contents: What an included file holds, at most one byte more than a checklist may have.
  /// - Returns: The checklist, or the faults that keep the files from being one.
  package static func read(
    path: String, bytes: [UInt8], kinds: [KindDeclaration],
    including contents: @escaping (String) -> Result<[UInt8], UnreadableFile> = { _ in
      .failure(UnreadableFile(words: "no other file is at hand"))
    }
  ) -> ReadChecklist {
    var reader = FieldReader()
    var inclusion = Inclusion(contents: contents)
    inclusion.add(path, bytes, to: &reader)
    let checklist = reader.readChecklist(
      inclusion, kinds: Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first })
    let places = inclusion.files.enumerated().map { ($0.element.path, $0.offset) }
    let order = Dictionary(places) { first, _ in first }
    let diagnostics = reader.faults.diagnostics.sorted { left, right in
      guard let left = left.location, let right = right.location else { return false }
      return (order[left.file] ?? 0, left.line, left.column)
        < (order[right.file] ?? 0, right.line, right.column)
    }
    return ReadChecklist(
      checklist: diagnostics.contains { $0.severity == .error } ? nil : checklist,
      diagnostics: diagnostics,
      sources: inclusion.files.compactMap { $0.document.source?.hiding(reader.literalSecrets) })
  }
}

extension FieldReader {
  fileprivate mutating func readChecklist(
    _ inclusion: Inclusion, kinds: [String: KindDeclaration]
  ) -> Checklist? {
    var parts: [(entries: [Entry], root: Node)] = []
    var head: Settings?
    for file in inclusion.files {
      guard let root = file.document.root, let entries = entries(of: root, named: "a checklist"),
        isOfKnownVersion(entries)
      else { continue }
      let place = Place(name: "a checklist", location: root.location, fillsVariables: false)
      refuseUnknown(entries, known: TopLevelFields.all, in: place)
      let settings = settings(entries, by: TopLevelFields.scalars, in: place)
      head = head ?? settings
      parts.append((entries, root))
    }
    guard parts.count == inclusion.files.count, let head else { return nil }

    func all(_ name: String) -> [Entry] {
      parts.compactMap { $0.entries.first { $0.name == name } }
    }
    let services = readServices(all("services").map(\.value))
    let checks = readChecks(all("checks").map(\.value), kinds: kinds)
    let pipelines = readPipelines(all("pipelines").map(\.value))
    if all("checks").isEmpty {
      fail(
        "a checklist lacks `checks`", at: parts[0].root.location,
        help: "a checklist that checks nothing would pass for a proof")
    }
    return Checklist(
      path: inclusion.files[0].path, digest: inclusion.digest, name: head.optionalText("name"),
      description: head.optionalText("description"), services: services, checks: checks,
      pipelines: pipelines,
      firstRun: firstRun(all("first_run"), pipelines: pipelines.map(\.name)))
  }

  private mutating func firstRun(
    _ entries: [Entry], pipelines: [String]
  ) -> FirstRunDeclaration? {
    for other in entries.dropFirst() {
      fail(
        "`first_run` stands in two files", at: other.location,
        notes: [Diagnostic.Note("the first one", at: entries[0].location)])
    }
    return entries.first.flatMap { readFirstRun($0, pipelines: pipelines) }
  }

  /// Whether the language's version is not newer than this program, whose faults would mislead.
  private mutating func isOfKnownVersion(_ entries: [Entry]) -> Bool {
    guard let entry = entries.first(where: { $0.name == "version" }),
      case .scalar(let scalar) = entry.value.content, scalar.isPlain,
      let version = Int(scalar.text), version > TopLevelFields.newestVersion
    else { return true }
    fail(
      "version \(version) of the language is newer than this preflight, which reads version"
        + " \(TopLevelFields.newestVersion)", at: entry.value.location,
      help: "install a newer preflight")
    return false
  }
}
