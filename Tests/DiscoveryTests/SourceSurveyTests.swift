import Discovery
import FoundationEssentials
import Testing

@Suite("Looking through a source tree")
struct SourceSurveyTests {
  /// A folder of the test's own with these files.
  private func inTree(
    _ files: [String: String], _ body: (String) throws -> Void
  ) throws {
    let root = "/tmp/preflight-survey-\(UInt32.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (path, text) in files {
      let file = "\(root)/\(path)"
      let folder = file.split(separator: "/").dropLast().map { "/" + $0 }.joined()
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: file))
    }
    try body(root)
  }

  private func facts(_ files: [String: String]) throws -> SourceFacts {
    var found = SourceFacts()
    try inTree(files) { root in
      found = SourceSurvey.read(root)
      #expect(found.root == root)
      found.root = "."
    }
    return found
  }

  @Test("the names of variables are found in each language's own form")
  func variables() throws {
    let found = try facts([
      "a.ts": """
      const a = Deno.env.get('A_KEY');
      const b = process.env.B_KEY ?? process.env["C_KEY"];
      const d = import.meta.env.D_KEY, e = Deno.env.get(name), f = process.env[`E_${x}`];
      """,
      "b.py": "os.environ['F_KEY']\nos.environ.get(\"G_KEY\", None)\nos.getenv( 'H_KEY' )\n",
      "c.swift": "ProcessInfo.processInfo.environment[\"A_KEY\"]\n",
    ])
    #expect(
      found.variables == [
        "A_KEY": [Sighting(path: "a.ts", line: 1), Sighting(path: "c.swift", line: 1)],
        "B_KEY": [Sighting(path: "a.ts", line: 2)], "C_KEY": [Sighting(path: "a.ts", line: 2)],
        "D_KEY": [Sighting(path: "a.ts", line: 3)], "F_KEY": [Sighting(path: "b.py", line: 1)],
        "G_KEY": [Sighting(path: "b.py", line: 2)], "H_KEY": [Sighting(path: "b.py", line: 3)],
      ])
    #expect(found.files == 3)
    #expect(found.gaps == [])
  }

  @Test("a model and its dimensions are found, other models and other dimensions are not")
  func model() throws {
    let found = try facts([
      "embed.ts": """
      const chat = { model: 'gpt-4o' };
      const EMBEDDING_MODEL = "text-embedding-3-small";
      body({ model: 'acme/embed-v2', input, "dimensions": 1_536 });
      const DIMENSIONS = 384; interface Options { dimensions: number }
      """,
      "image.ts": "const dimensions = 640;\nconst name = 'generate-embeddings';\n",
      "chart.ts": "const dimensions = 2;\n",
    ])
    #expect(
      found.models == [
        .init("text-embedding-3-small", at: Sighting(path: "embed.ts", line: 2)),
        .init("acme/embed-v2", at: Sighting(path: "embed.ts", line: 3)),
      ])
    #expect(
      found.dimensions == [
        .init(1536, at: Sighting(path: "embed.ts", line: 3)),
        .init(384, at: Sighting(path: "embed.ts", line: 4)),
        .init(640, at: Sighting(path: "image.ts", line: 1)),
      ])
    #expect(found.mentionsDimensions)
    #expect(try facts(["a.ts": "f({ model: 'bge-m3', dimensions })"]).mentionsDimensions == false)
    #expect(try facts(["a.ts": "embed({ model: 'bge-m3', dimensions })"]).mentionsDimensions)
  }

  @Test("an upsert tells its table and its key, as an option and chained")
  func upserts() throws {
    let found = try facts([
      "a.ts": """
      db.from('other').select(); await db
        .from('cache')
        .upsert(rows, {
          onConflict: 'a, b',
        });
      db.from("cache").upsert(rows).onConflict('a');
      db.from(table).upsert(rows);
      """
    ])
    #expect(
      found.upserts == [
        .init(table: "cache", key: ["a", "b"], place: Sighting(path: "a.ts", line: 3)),
        .init(table: "cache", key: ["a"], place: Sighting(path: "a.ts", line: 6)),
        .init(table: nil, key: [], place: Sighting(path: "a.ts", line: 7)),
      ])
  }

  @Test("a call of a function tells its arguments where it spells them out")
  func calls() throws {
    let found = try facts([
      "a.ts": """
      db.rpc('one', { job_id: ids[0, 1], "count": f({ a: 1 }, '},'), /* c */ limit });
      db.rpc("none");
      db.rpc('spread', { ...rest });
      db.rpc('variable', parameters);
      db.rpc(name, { a: 1 });
      db.rpc('empty', {});
      db.rpc('open', { a:
      """
    ])
    func call(_ function: String, _ arguments: [String]?, _ line: Int) -> SourceFacts.Call {
      .init(function: function, arguments: arguments, place: Sighting(path: "a.ts", line: line))
    }
    #expect(
      found.calls == [
        call("one", ["job_id", "count", "limit"], 1), call("none", [], 2), call("spread", nil, 3),
        call("variable", nil, 4), call("empty", [], 6), call("open", nil, 7),
      ])
  }

  @Test("other people's files, built files, tests and links are left out")
  func leftOut() throws {
    let text = "process.env.A_KEY"
    let names = [
      "node_modules/x/a.ts", ".git/a.ts", "src/dist/a.js", "tests/a.ts", "src/a.test.ts",
      "src/b.spec.js", "src/c.min.js", "src/d.d.ts", "src/.hidden.ts", "test_e.py", "notes.md",
    ]
    try inTree(Dictionary(uniqueKeysWithValues: (names + ["src/a.ts"]).map { ($0, text) })) {
      root in
      try FileManager.default.createSymbolicLink(
        atPath: root + "/src/link.ts", withDestinationPath: "a.ts")
      try FileManager.default.createSymbolicLink(
        atPath: root + "/linked", withDestinationPath: "src")
      let found = SourceSurvey.read(root)
      #expect(found.files == 1)
      #expect(found.variables == ["A_KEY": [Sighting(path: "src/a.ts", line: 1)]])
      #expect(found.gaps == [])
    }
  }

  @Test("what is too large or cannot be entered is told")
  func gaps() throws {
    let large = String(repeating: "a", count: 1_048_577)
    try inTree(["large.ts": large, "a.ts": "process.env.A_KEY", "binary.ts": "\0Deno"]) { root in
      let found = SourceSurvey.read(root)
      #expect(found.gaps == ["\"large.ts\" is larger than 1 MiB and was not read."])
      #expect(found.files == 1)
      #expect(Array(found.variables.keys) == ["A_KEY"])
    }
  }

  @Test("a folder supabase with a configuration or with functions is a project")
  func supabase() throws {
    #expect(try facts(["supabase/config.toml": ""]).hasSupabaseFolder)
    #expect(try facts(["supabase/functions/a/index.ts": ""]).hasSupabaseFolder)
    #expect(try !facts(["src/supabase/a.ts": "", "supabase/seed.sql": ""]).hasSupabaseFolder)
  }
}
