extension Unicode.Scalar {
  /// Whether a terminal acts on the scalar rather than show it: controls of either set, line and
  /// paragraph separators, and the marks of Unicode's bidirectional algorithm (UAX 9).
  package var isActive: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default:
      switch value {
      case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
      default: false
      }
    }
  }
}
