/// How text for people looks: decided by the program's edge, handed in as a value.
package struct Style: Sendable, Equatable {
  /// A narrower terminal is written to as if it had this many columns.
  package static let narrowest = 40

  package let isColored: Bool
  package let isUnicode: Bool
  /// Columns of the terminal, at least the narrowest.
  package let width: Int
  /// Whether evidence, and what passed checks say, is shown too.
  package let isVerbose: Bool

  package init(
    isColored: Bool = false, isUnicode: Bool = true, width: Int = 80, isVerbose: Bool = false
  ) {
    self.isColored = isColored
    self.isUnicode = isUnicode
    self.width = max(Style.narrowest, width)
    self.isVerbose = isVerbose
  }

  /// Whether the locale that these environment variables choose can show more than ASCII.
  ///
  /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty counts, as POSIX has it.
  package static func showsUnicode(in environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    let name = locale?.lowercased().replacing("-", with: "") ?? ""
    return name.contains("utf8")
  }
}

/// When to colour, as `--color` says it.
package enum ColorChoice: String, Sendable, CaseIterable {
  case auto
  case always
  case never

  /// Whether to colour: the person's word first, then `NO_COLOR` (no-color.org), then the terminal.
  ///
  /// - Parameters:
  ///   - environment: The environment's variables.
  ///   - isTerminal: Whether the stream is a terminal.
  /// - Returns: Whether escapes for colour may be written to the stream.
  package func isColored(environment: [String: String], isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && environment["NO_COLOR"]?.isEmpty != false && environment["TERM"] != "dumb"
    }
  }
}

/// What a mark at the head of a line stands for.
enum Mark {
  case pass
  case warning
  case fail
  case cannotTell
  case skip
  case waived
}

/// A colour or weight, by its number in ECMA-48's "select graphic rendition".
enum Paint: Int {
  case bold = 1
  case faint = 2
  case red = 31
  case green = 32
  case yellow = 33
  case magenta = 35
}

extension Style {
  func glyph(_ mark: Mark) -> String {
    switch mark {
    case .pass: painted(isUnicode ? "✓" : "+", .green)
    case .warning: painted("!", .yellow)
    case .fail: painted(isUnicode ? "✗" : "x", .red)
    case .cannotTell: painted("?", .magenta)
    case .skip: painted("-", .faint)
    case .waived: painted("~", .yellow)
    }
  }

  var ellipsis: String { isUnicode ? "…" : "..." }

  func painted(_ text: String, _ paint: Paint) -> String {
    isColored && !text.isEmpty ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }
}
