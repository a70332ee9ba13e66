internal import Core
internal import Digest
internal import YAML

extension Checklist {
  /// Reads a checklist's file, and tells all faults that can be found in one go.
  ///
  /// - Parameters:
  ///   - path: The file's name for locations.
  ///   - bytes: What the file holds.
  ///   - kinds: All kinds of checks there are.
  /// - Returns: The checklist, or the faults that keep the file from being one.
  package static func read(
    path: String, bytes: [UInt8], kinds: [KindDeclaration]
  ) -> ReadChecklist {
    let document = YAMLDocument.parse(bytes, file: path)
    var reader = FieldReader()
    for diagnostic in document.diagnostics { reader.keep(diagnostic) }
    reader.hideSecrets(near: document.diagnostics, in: document.source)
    let checklist = document.root.flatMap { root in
      reader.readChecklist(
        root, path: path, kinds: Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first },
        digest: "sha256:" + SHA256Text.hex(of: bytes))
    }
    let diagnostics = reader.faults.diagnostics.sorted { left, right in
      guard let left = left.location, let right = right.location else { return false }
      return left < right
    }
    return ReadChecklist(
      checklist: diagnostics.contains { $0.severity == .error } ? nil : checklist,
      diagnostics: diagnostics, source: document.source?.hiding(reader.literalSecrets))
  }
}

extension FieldReader {
  fileprivate mutating func readChecklist(
    _ root: Node, path: String, kinds: [String: KindDeclaration], digest: String
  ) -> Checklist? {
    guard let entries = entries(of: root, named: "a checklist") else { return nil }
    let place = Place(name: "a checklist", location: root.location, fillsVariables: false)
    guard isOfKnownVersion(entries) else { return nil }
    refuseUnknown(entries, known: TopLevelFields.all, in: place)
    let settings = settings(entries, by: TopLevelFields.scalars, in: place)

    func part(_ name: String) -> Entry? { entries.first { $0.name == name } }
    let services = part("services").map { readServices($0.value) } ?? []
    let checks = part("checks").map { readChecks($0.value, kinds: kinds) } ?? []
    let pipelines = part("pipelines").map { readPipelines($0.value) } ?? []
    let firstRun = part("first_run").flatMap {
      readFirstRun($0, pipelines: pipelines.map(\.name))
    }
    if part("checks") == nil {
      fail(
        "a checklist lacks `checks`", at: root.location,
        help: "a checklist that checks nothing would pass for a proof")
    }
    return Checklist(
      path: path, digest: digest, name: settings.optionalText("name"),
      description: settings.optionalText("description"), services: services, checks: checks,
      pipelines: pipelines, firstRun: firstRun)
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
