internal import Core

/// A page in Markdown, by CommonMark 0.31.
struct PageMarkdown {
  let shown: ShownText

  func document(_ blocks: [Block]) -> String {
    blocks.map { text(of: $0) + "\n" }.joined(separator: "\n")
  }

  private func text(of block: Block) -> String {
    switch block {
    case .heading(let text, let depth):
      String(repeating: "#", count: depth) + " " + prose(text)
    case .label(let text): "**\(prose(text))**"
    case .paragraph(let text): prose(text)
    case .entries(let entries):
      entries.map { "- \(term(of: $0)): \(prose($0.text))" }.joined(separator: "\n")
    case .code(let text, let language):
      fence(around: text) + language + "\n" + shown.lines(text, to: .max).map { $0 + "\n" }.joined()
        + fence(around: text)
    }
  }

  private func term(of entry: Block.Entry) -> String {
    let term = shown.line(entry.term)
    return switch entry.nature {
    case .words: prose(entry.term)
    case .name: "`\(term)`"
    case .heading: "[`\(term)`](#\(term))"
    }
  }

  /// More backticks than stand together anywhere in the text.
  private func fence(around text: String) -> String {
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    return String(repeating: "`", count: max(3, longest + 1))
  }

  /// Words in which only backticks mean something.
  private func prose(_ text: String) -> String {
    var isCode = false
    var result = ""
    for character in shown.wholeLine(text) {
      if character == "`" { isCode.toggle() }
      let opensBlock = result.isEmpty && "#>+-".contains(character)
      if opensBlock || !isCode && "\\*_[]<".contains(character) { result.append("\\") }
      result.append(character)
    }
    // Within a word it stresses nothing.
    return result.replacing(/([A-Za-z0-9])\\_(?=[A-Za-z0-9])/) { "\($0.1)_" }
  }
}
