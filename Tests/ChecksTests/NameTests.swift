import Postgres
import Testing

@testable import Checks

@Suite struct NameTests {
  @Test(
    "A name is folded and quoted as Postgres does",
    arguments: [
      ("issues", ["issues"], "issues"), ("Public.Issues", ["public", "issues"], "public.issues"),
      ("\"Odd.Name\".x", ["Odd.Name", "x"], "\"Odd.Name\".x"),
      ("\"a\"\"b\"", ["a\"b"], "\"a\"\"b\""), ("user", ["user"], "\"user\""),
      ("größe", ["größe"], "\"größe\""),
    ])
  func reads(_ text: String, _ parts: [String], _ sql: String) throws {
    let name = try #require(QualifiedName(text))
    #expect(name.parts == parts)
    #expect(name.sql == sql)
  }

  @Test(
    "What is no name is refused",
    arguments: ["", ".", "a.", ".a", "a b", "1a", "\"a", "\"\"", "a;drop table b", "a--"])
  func refuses(_ text: String) {
    #expect(QualifiedName(text) == nil)
  }

  @Test("A literal with quotes and backslashes stays one literal")
  func literals() {
    #expect(SQLText.literal("it's") == "'it''s'")
    #expect(SQLText.literal(#"a\'b"#) == #"E'a\\''b'"#)
  }

  @Test("A shell reads a quoted word back unchanged")
  func shell() {
    #expect(shellQuoted("plain-word_1.x") == "plain-word_1.x")
    #expect(shellQuoted("it's $HOME") == #"'it'\''s $HOME'"#)
    #expect(shellQuoted("") == "''")
  }
}
