internal import Checklist
internal import Core
internal import Discovery
internal import Postgres

/// One look at everything that a first checklist is guessed from.
struct Survey: Sendable {
  let source: String
  let databaseVariable: String
  let variables: Variables
  /// Takes secrets out of a server's words, before the draft's lines are broken.
  let redactor: Redactor
  /// The file that is to be written; nil for standard output.
  let checklist: String?

  private static let patience = Duration.seconds(10)
  private static let schema = "schemas/checklist.v1.schema.json"

  /// Looks; what cannot be seen is a gap.
  func facts() async -> Facts {
    let source = SourceSurvey.read(source)
    let (example, gap) = example()
    return Facts(
      database: await database(for: source), databaseVariable: databaseVariable, source: source,
      example: example, environment: Set(variables.values.keys), schemaPath: schemaPath,
      gaps: gap.map { [$0] } ?? [])
  }

  private func example() -> (names: [String: Int]?, gap: String?) {
    let path = "\(source)/.env.example"
    guard InputFile.exists(path) else { return (nil, nil) }
    do throws(UnreadableFile) {
      let bytes = try InputFile.contents(of: path, atMost: Limit.checklistBytes + 1)
      guard bytes.count <= Limit.checklistBytes else {
        return (nil, ".env.example has more than \(Limit.checklistBytes) bytes.")
      }
      return (EnvExample.names(in: String(decoding: bytes, as: UTF8.self)), nil)
    } catch {
      return (nil, ".env.example cannot be read: \(error.words).")
    }
  }

  /// An editor looks for the schema from where the checklist is.
  private var schemaPath: String? {
    let folder =
      checklist.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
      .map { $0.dropLast().map { $0 + "/" }.joined() } ?? ""
    return InputFile.exists(folder + Self.schema) ? "./" + Self.schema : nil
  }

  private func database(for source: SourceFacts) async -> Facts.Database {
    if let absence = variables.absence(of: databaseVariable) {
      return .unread(because: "\(databaseVariable) \(absence.words)")
    }
    let url = Secret(variables[databaseVariable] ?? "")
    do throws(PostgresFault) {
      let connection = try await Connection.open(url, timeout: Self.patience)
      do throws(PostgresFault) {
        let facts = try await DatabaseSurvey.read(
          over: connection.readOnly(statementTimeout: Self.patience), for: source)
        await connection.close()
        return .read(facts)
      } catch {
        await connection.close()
        throw error
      }
    } catch {
      return .unread(because: redactor.redact(error.message))
    }
  }
}
