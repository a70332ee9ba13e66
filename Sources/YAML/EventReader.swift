internal import CLibYAML
internal import Core

/// One step through a YAML document, as libyaml takes it.
struct Event {
  enum Content {
    case scalar(Scalar)
    case alias(String)
    case sequenceStart
    case mappingStart
    case collectionEnd
    case documentStart
    case streamEnd
    /// Starts and ends that say nothing about values.
    case other
  }

  let content: Content
  let anchor: String?
  let hasTag: Bool
  let location: SourceLocation
}

/// Owns one libyaml parser and its input, and frees both exactly once.
///
/// The parser points into itself and keeps the pointer to its input, so both stay on the heap, in
/// one place each, for as long as the reader lives.
@safe final class EventReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let lines: LineIndex
  private let file: String

  init(reading text: String, file: String) {
    self.file = file
    lines = LineIndex(of: text)
    unsafe input = .allocate(capacity: max(1, text.utf8.count))
    _ = unsafe input.initialize(from: text.utf8)
    unsafe parser = .allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    // Only a lack of memory makes this fail, which ends a Swift program anywhere.
    precondition(unsafe yaml_parser_initialize(parser) == 1, "libyaml has no memory")
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, text.utf8.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next step; `streamEnd` is the last one.
  ///
  /// - Returns: The event.
  /// - Throws: Where the text breaks YAML's syntax; no event follows.
  func next() throws(Diagnostic) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxFault() }
    defer { unsafe yaml_event_delete(&event) }
    let place = unsafe location(from: event.start_mark, to: event.end_mark)
    var anchor: UnsafeMutablePointer<yaml_char_t>?
    var tag: UnsafeMutablePointer<yaml_char_t>?
    let content: Event.Content
    switch unsafe event.type {
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      unsafe (anchor, tag) = (scalar.anchor, scalar.tag)
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      content = .scalar(
        Scalar(
          text: unsafe String(decoding: bytes, as: UTF8.self),
          isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE))
    case YAML_ALIAS_EVENT: content = .alias(unsafe name(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      unsafe (anchor, tag) = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
      content = .sequenceStart
    case YAML_MAPPING_START_EVENT:
      unsafe (anchor, tag) = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
      content = .mappingStart
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: content = .collectionEnd
    case YAML_DOCUMENT_START_EVENT: content = .documentStart
    case YAML_STREAM_END_EVENT: content = .streamEnd
    default: content = .other
    }
    return Event(
      content: content, anchor: unsafe name(anchor), hasTag: unsafe tag != nil, location: place)
  }

  private func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let text = unsafe text else { return nil }
    return unsafe String(decodingCString: text, as: UTF8.self)
  }

  private func location(from start: yaml_mark_t, to end: yaml_mark_t? = nil) -> SourceLocation {
    let (line, column) = lines.place(ofScalar: start.index)
    let isOneLine = end.map { $0.line == start.line } ?? false
    return SourceLocation(
      file: file, line: line, column: column,
      width: isOneLine ? (end?.index ?? 0) - start.index : 1)
  }

  private func syntaxFault() -> Diagnostic {
    let state = unsafe parser.pointee
    let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "unreadable"
    let isOfReader = unsafe state.error == YAML_READER_ERROR
    let place =
      isOfReader
      ? lines.location(ofByte: unsafe state.problem_offset, file: file)
      : location(from: unsafe state.problem_mark)
    var notes: [Diagnostic.Note] = []
    if let context = unsafe state.context, !isOfReader {
      let start = location(from: unsafe state.context_mark)
      if start != place { notes = [Diagnostic.Note(unsafe String(cString: context), at: start)] }
    }
    return Diagnostic(
      "this is not YAML: \(problem)", at: place, notes: notes, help: SyntaxHelp.help(for: problem))
  }
}
