/// A page as it stands in a terminal: words are wrapped, code never.
struct PageText {
  private static let indent = 2
  private static let codeIndent = 4

  let style: Style
  let shown: ShownText

  func document(_ blocks: [Block]) -> String {
    var sections: [[String]] = []
    var isAfterLabel = false
    for block in blocks {
      // What a label is about stands right under it.
      if isAfterLabel, !sections.isEmpty {
        sections[sections.count - 1] += lines(of: block)
      } else {
        sections.append(lines(of: block))
      }
      isAfterLabel =
        switch block {
        case .heading, .label: true
        default: false
        }
    }
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private func lines(of block: Block) -> [String] {
    switch block {
    case .heading(let text, _), .label(let text):
      TextLayout.wrapped(shown.wholeLine(text), width: style.width).map {
        style.painted($0, .bold)
      }
    case .paragraph(let text): wrapped(text, indent: PageText.indent)
    case .entries(let entries): lines(of: entries)
    case .code(let text, _):
      shown.lines(text, to: .max).map {
        $0.isEmpty ? "" : TextLayout.spaces(PageText.codeIndent) + $0
      }
    }
  }

  /// Names beside what there is to say of them, and longer terms above it.
  private func lines(of entries: [Block.Entry]) -> [String] {
    guard !entries.contains(where: { $0.nature == .words }) else {
      return entries.flatMap { entry in
        wrapped(entry.term, indent: PageText.indent)
          + wrapped(entry.text, indent: PageText.indent + PageText.codeIndent)
      }
    }
    let hanging = PageText.indent * 2 + (entries.map { shown.line($0.term).count }.max() ?? 0)
    return entries.flatMap { entry in
      let lines = wrapped(entry.text, indent: hanging)
      let term = TextLayout.spaces(PageText.indent) + shown.line(entry.term)
      return [TextLayout.padded(term, to: hanging) + (lines.first ?? "").dropFirst(hanging)]
        + lines.dropFirst()
    }
  }

  private func wrapped(_ text: String, indent: Int) -> [String] {
    TextLayout.wrapped(shown.wholeLine(text), width: style.width - indent)
      .map { TextLayout.spaces(indent) + $0 }
  }
}
