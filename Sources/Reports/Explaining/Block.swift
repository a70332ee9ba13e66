/// A piece of a page that is read in a terminal or as Markdown.
enum Block: Equatable {
  /// A heading; 1 is the page's own.
  case heading(String, depth: Int)
  /// A heading within what a heading is about.
  case label(String)
  case paragraph(String)
  case entries([Entry])
  /// Lines that are copied as they stand.
  case code(String, language: String)

  /// Something named, and what there is to say of it.
  struct Entry: Equatable {
    enum Nature {
      case words
      /// Written so by people who use it.
      case name
      /// A name that is a heading of the same page.
      case heading
    }

    let term: String
    let text: String
    var nature = Nature.words
  }
}
