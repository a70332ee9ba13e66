import Checklist
import Core
import Testing

@Suite("A fault of a pipeline or of the first run")
struct PipelineFaultTests {
  private func file(_ rest: String) -> String {
    ChecklistTests.file(checks: "  - { id: a, secret: X }", rest: rest)
  }

  @Test("All faults of pipelines and of the first run are told at once")
  func allAtOnce() {
    let text = file(
      """
      pipelines:
        - name: issues
          from: { table: t, key: id, txt: x }
          to:
            - { update: t, on_conflict: [a], set: { a: b } }
            - set: {}
            - { upsert: x, update: y, set: { a: $hash } }
            - { upsert: z, set: { a: "" } }
          batch: many
        - name: issues
          database: embedder
          from: { table: t, key: id, text: x }
          to: []
      first_run:
        pipeline: isues
        ramp: [20, 1, most, all, 3]
        deadline: soon
        abort_when: { failed_items: 3/s }
        verified_when: { processed: 100, rate: ">= 1" }
      """)
    #expect(
      read(text).diagnostics.map { "\($0.location?.description ?? ""): \($0.message)" } == [
        "list.yaml:9:5: `from` lacks `text`",
        "list.yaml:9:32: unknown name \"txt\" in `from`",
        "list.yaml:11:9: no target of this pipeline stores the vector",
        "list.yaml:11:35: `on_conflict` belongs to `upsert`",
        "list.yaml:12:9: a target needs `update` or `upsert`",
        "list.yaml:12:14: `set` is an empty mapping",
        "list.yaml:13:19: a target is either `update` or `upsert`",
        "list.yaml:14:19: an `upsert` target lacks `on_conflict`",
        "list.yaml:14:32: \"a\" in `set` has no value",
        "list.yaml:15:12: `batch` must be a whole number from 1 to 2048, not \"many\"",
        "list.yaml:16:11: two pipelines are called \"issues\"",
        "list.yaml:17:15: `database` must be the name of a service of kind `postgres`, and "
          + "\"embedder\" is of kind `embeddings`",
        "list.yaml:19:9: `to` is an empty list",
        "list.yaml:21:13: no pipeline \"isues\" is declared",
        "list.yaml:22:17: an item of `ramp` must be a whole number from 1 to 10000000 or all, "
          + "not \"most\"",
        "list.yaml:23:13: `deadline` must be a duration such as 500ms, 10s, 2m or 1h, not \"soon\"",
        "list.yaml:24:31: `failed_items` must be a comparison such as \">= 2%\" or \">= 3\", not "
          + "\"3/s\"",
        "list.yaml:25:31: `processed` must be a comparison such as \">= 2%\", not \"100\"",
        "list.yaml:25:42: `rate` must be a comparison such as \">= 1/s\", not \">= 1\"",
      ])
  }

  @Test(
    "The steps of a ramp rise, and only the last is all", arguments: ["20, 1", "all, 3", "5, 5"])
  func ramp(steps: String) {
    let text = file("\(pipeline)first_run: { ramp: [1, \(steps)] }")
    #expect(
      read(text).diagnostics.map(\.message)
        == ["the steps of `ramp` must rise, with `all` as the last"])
  }

  @Test("A first run needs a pipeline, and must say which where there are two")
  func whichPipeline() {
    #expect(
      faults(of: file("first_run: { items: 3 }")) == """
        list.yaml:7:1: error: `first_run` needs a pipeline, and none is declared
            7 | first_run: { items: 3 }
              | ^^^^^^^^^
        """)
    let two = pipeline + pipeline.split(separator: "\n").dropFirst().joined(separator: "\n")
    let text = file(two.replacing("issues", with: "pulls", maxReplacements: 1) + "\nfirst_run: {}")
    #expect(
      read(text).diagnostics.map(\.message)
        == ["`first_run` must say which pipeline it runs"])
    #expect(read(text).diagnostics.map(\.help) == ["declared are pulls and issues"])
  }

  private let pipeline = """
    pipelines:
      - name: issues
        from: { table: t, key: id, text: x }
        to: [{ update: t, set: { e: $embedding } }]

    """
}
