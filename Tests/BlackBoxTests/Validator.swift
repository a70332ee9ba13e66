import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// `check-jsonschema`, a validator that knows nothing of this project.
enum Validator {
  private struct Answer: Decodable {
    struct Refusal: Decodable {
      let filename: String
    }

    let successes: [String]
    let errors: [Refusal]
    // The document's own name.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let parse_errors: [Refusal]?
  }

  /// The files that a schema takes.
  ///
  /// - Parameters:
  ///   - schema: `checklist` or `report`.
  ///   - files: Paths in the checkout.
  /// - Returns: Those that are valid; each of the others was refused.
  /// - Throws: Where the validator does not answer, or not on every file.
  static func filesTaken(bySchemaOf schema: String, among files: [String]) async throws -> Set<
    String
  > {
    let text = try await run(
      ["--schemafile", "schemas/\(schema).v1.schema.json", "-v", "-o", "json"] + files)
    let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    let taken = Set(answer.successes)
    let refused = Set((answer.errors + (answer.parse_errors ?? [])).map(\.filename))
    #expect(taken.isDisjoint(with: refused))
    #expect(taken.union(refused) == Set(files), "the validator left out files")
    return taken
  }

  /// What it prints with these arguments.
  static func run(_ arguments: [String]) async throws -> String {
    // The environment's Python, as `scripts/setup` takes it.
    let path = try #require(Environment.Key(rawValue: "PYTHONPATH"))
    let result = try await Subprocess.run(
      .name("python3"), arguments: Arguments(["-m", "check_jsonschema"] + arguments),
      environment: .inherit.updating([path: Program.root + "/.local/check-jsonschema"]),
      workingDirectory: FilePath(Program.root), input: .none,
      output: .string(limit: 16_777_216), error: .string(limit: 1_048_576))
    #expect(result.standardError == "", "is check-jsonschema there? scripts/setup fetches it")
    return result.standardOutput
  }
}
