import Testing

@testable import Checks

@Suite struct GlobTests {
  @Test(
    "A pattern matches whole paths, folder by folder",
    arguments: [
      ("src/**/*.ts", "src", ["a.ts"], true),
      ("src/**/*.ts", "src", ["deep", "er", "a.ts"], true),
      ("src/**/*.ts", "src", ["a.tsx"], false),
      ("*.ts", "", ["a.ts"], true),
      ("*.ts", "", ["deep", "a.ts"], false),
      ("**", "", ["deep", "a"], true),
      ("a/b.txt", "a", ["b.txt"], true),
      ("/abs/**/x?.[a-c]s", "/abs", ["x1.bs"], true),
      ("/abs/**/x?.[a-c]s", "/abs", ["x1.ds"], false),
      ("[!a]*", "", ["abc"], false),
      ("src/*.{ts,js}", "src", ["a.js"], true),
      ("{src,lib}/*.ts", "", ["lib", "a.ts"], true),
      ("a*b*c", "", ["aXbXbXc"], true),
      ("a*b*c", "", ["aXcXb"], false),
    ])
  func matches(_ text: String, _ base: String, _ path: [String], _ matches: Bool) throws {
    let glob = try Glob(text)
    #expect(glob.base == base)
    #expect(glob.matches(path) == matches)
  }

  @Test("Many stars do not make a match slow")
  func stars() throws {
    let glob = try Glob(String(repeating: "a*", count: 40) + "b")
    #expect(!glob.matches([String(repeating: "a", count: 250)]))
  }

  @Test(
    "What is no pattern is told as such",
    arguments: [
      ("", Glob.Fault.empty), ("src/", .empty), ("a/{b,c", .unclosedBrace),
      ("a/[bc", .unclosedBracket), ("src/**.ts", .starsInName),
      (String(repeating: "{a,b}", count: 7), .tooManyAlternatives(limit: 64)),
    ])
  func faults(_ text: String, _ fault: Glob.Fault) {
    #expect(throws: fault) { try Glob(text) }
  }
}
