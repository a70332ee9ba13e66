import Testing

@testable import Checks

@Suite struct FunctionSignatureTests {
  @Test(
    "A signature is read and written back as SQL has it",
    arguments: [
      ("f()", "f()"),
      ("increment(job_id uuid,  count   integer)", "increment(job_id uuid, count integer)"),
      ("api.match(q vector(384), n numeric(10, 2))", "api.match(q vector(384), n numeric(10, 2))"),
      ("F(Arg timestamp with time zone)", "f(arg timestamp with time zone)"),
      ("\"Odd Name\"(\"Arg, 1\" text[])", "\"Odd Name\"(\"Arg, 1\" text[])"),
    ])
  func reads(_ text: String, _ sql: String) throws {
    #expect(try FunctionSignature(text).sql == sql)
  }

  @Test(
    "A signature that cannot be meant is refused with its reason",
    arguments: [
      ("f", FunctionSignature.Fault.noParentheses),
      ("f(a uuid", .unbalanced),
      ("f(a numeric(1,2)", .unbalanced),
      ("f(a uuid,)", .emptyArgument),
      ("f(uuid)", .nameMissing("uuid")),
      ("f(a uuid, a integer)", .repeatedName("a")),
      ("1f(a uuid)", .badName("1f")),
      ("a.b.c(a uuid)", .badName("a.b.c")),
    ])
  func refuses(_ text: String, _ fault: FunctionSignature.Fault) {
    #expect(throws: fault) { try FunctionSignature(text) }
  }

  @Test(
    "What a function returns is one value, a set or a table",
    arguments: [
      ("void", ReturnType.single("void")),
      ("SETOF  issues", .setOf("issues")),
      (
        "TABLE(id uuid, score double precision)",
        .table([.init(name: "id", type: "uuid"), .init(name: "score", type: "double precision")])
      ),
    ])
  func returns(_ text: String, _ type: ReturnType) throws {
    #expect(try ReturnType(text) == type)
  }
}
