import Checklist
import Checks
import Core
import Testing

@Suite("No output holds a secret", .timeLimit(.minutes(5)))
struct CanaryTests {
  /// Runs the program, looks for canaries in all that it says, and holds that it had to take some
  /// out where it was tempted to tell them.
  private func expectSilence(
    of arguments: [String], in project: CanaryProject, _ variables: [String: String],
    exit status: Int32, isTempted: Bool = true,
    _ location: Testing.SourceLocation = #_sourceLocation
  ) async throws {
    let run = try await project.run(arguments, variables: variables)
    let shown = "\(arguments): \(run.said)"
    #expect(
      CanarySearch.names(of: CanaryProject.all, in: run.said) == [], "\(shown)",
      sourceLocation: location)
    #expect(run.status == status, "\(shown)", sourceLocation: location)
    #expect(run.said.contains(Redactor.mark) == isTempted, "\(shown)", sourceLocation: location)
  }

  private static let files = ["--env-file", "some.env", "--env-file", "-"]
  private static let reports = [
    "--report", "text", "--report", "json=out/report.json", "--report", "text=out/report.txt",
  ]

  @Test(
    "the search finds a canary in each writing, and nothing where none is",
    arguments: Writing.allCases)
  func search(writing: Writing) {
    for canary in CanaryProject.all {
      let text = #"{"message": "it is \#(writing(canary.value)), and that is bad"}"#
      #expect(CanarySearch.names(of: CanaryProject.all, in: text) == [canary.name])
    }
    #expect(CanarySearch.names(of: CanaryProject.all, in: "nothing %41 \\u0041 TWFu") == [])
  }

  @Test("each field that can hold a secret has a canary; a new one needs one in `everything`")
  func fields() throws {
    let declared = ServiceKind.allCases.flatMap { kind in
      kind.fields.flatMap { secretPaths(of: $0, below: kind.rawValue) }
    }
    let checked = allKindDeclarations.flatMap { kind in
      kind.fields.flatMap { secretPaths(of: $0, below: kind.name) }
    }
    let others = (CommonSettings.fields + TopLevelFields.all).flatMap {
      secretPaths(of: $0, below: "")
    }
    let read = Checklist.read(
      path: "everything.yaml", bytes: Array(CanaryChecklists.everything.utf8),
      kinds: allKindDeclarations)
    let checklist = try #require(
      read.checklist, "\(read.diagnostics.map { $0.rendered(quoting: read.sources) })")
    let used =
      checklist.services.flatMap { secretPaths(in: $0.settings, below: $0.kind.rawValue) }
      + checklist.checks.flatMap { secretPaths(in: $0.settings, below: $0.kind) }
    let services = others.filter { $0.hasPrefix(".services.") }.map { String($0.dropFirst(10)) }
    let kinds = Set(declared.compactMap { $0.split(separator: ".").last.map(String.init) })
    #expect(Set(services) == kinds)
    #expect(others.count == services.count)
    #expect(Set(used) == Set(declared + checked))
    // The variable that a `secret` check names is no such field; its value is one all the same.
    #expect(checklist.checks.filter { $0.kind == "secret" }.count == 6)
  }

  private func secretPaths(of field: Field, below path: String) -> [String] {
    func paths(of shape: Shape, at path: String) -> [String] {
      switch shape {
      case .list(let item, _), .oneOrMany(let item), .map(let item): paths(of: item, at: path)
      case .record(let fields): fields.flatMap { secretPaths(of: $0, below: path) }
      case .choiceOfShapes(let shapes): shapes.flatMap { paths(of: $0, at: path) }
      default: shape.isSecret ? [path] : []
      }
    }
    return paths(of: field.shape, at: "\(path).\(field.name)")
  }

  private func secretPaths(in settings: Settings, below path: String) -> [String] {
    func paths(in value: Value, at path: String) -> [String] {
      switch value {
      case .list(let items): items.flatMap { paths(in: $0.value, at: path) }
      case .map(let entries): entries.flatMap { paths(in: $0.setting.value, at: path) }
      case .record(let settings): secretPaths(in: settings, below: path)
      case .pending(_, let shape): shape.isSecret ? [path] : []
      default: []
      }
    }
    return settings.entries.flatMap { paths(in: $0.setting.value, at: "\(path).\($0.name)") }
  }

  @Test("of check, in text and JSON, with evidence, in files, whatever it is told")
  func check() async throws {
    try await CanaryProject.run { project in
      try await project.tellInErrors(.plain)
      let check = ["check", "checklist.yaml", "--allow-commands"] + Self.files
      let verbose = check + ["-v", "--receipt", "out/receipt.json"] + Self.reports
      try await expectSilence(of: verbose, in: project, project.variables(), exit: 1)
      try await expectSilence(of: check, in: project, project.variables(), exit: 1)
      for (writing, status) in zip(
        Writing.allCases, [400, 401, 500, 302, 429, 404, 403, 401, 500, 400])
      {
        try await project.tellInErrors(writing)
        let only = ["echo", "echoed.*", "key", "line", "signature"].flatMap { ["--only", $0] }
        try await expectSilence(
          of: check + only + ["-v"] + Self.reports, in: project, project.variables(writing, status),
          exit: 1)
      }
    }
  }

  @Test(
    "of a run, and no row that it leaves, whatever endpoint and database tell it",
    arguments: Writing.allCases)
  func run(writing: Writing) async throws {
    try await CanaryProject.run { project in
      let run = ["run", "checklist.yaml", "--ungated", "--items", "4"] + Self.files
      for status in [400, 401, 500] {
        try await expectSilence(
          of: run + Self.reports, in: project, project.variables(writing, status), exit: 4)
      }
      try await project.tellInErrors(writing)
      try await expectSilence(
        of: run + Self.reports, in: project, project.variables(writing, 200), exit: 4)
      let rows = try await project.rows()
      #expect(rows.contains("preflight.dead") && rows.contains("embedding_jobs"))
      #expect(rows.contains(Redactor.mark))
      #expect(CanarySearch.names(of: CanaryProject.all, in: rows) == [], "\(rows)")
      // What others have written into the user's own table is told by `jobs`.
      try await project.script(
        "update embedding_jobs set error_message = (select string_agg(value, ' ') from told)")
      try await expectSilence(
        of: ["jobs", "checklist.yaml"] + Self.files, in: project, project.variables(), exit: 0)
    }
  }

  @Test("of launch, with and without its plan, and of a receipt that is made, kept and refused")
  func launch() async throws {
    try await CanaryProject.run { project in
      let variables = project.variables(.plain, 200)
      let launch = ["launch", "checklist.yaml", "--allow-commands"] + Self.files
      try await expectSilence(of: launch + ["-v"] + Self.reports, in: project, variables, exit: 1)
      try await expectSilence(
        of: launch + ["--plan"], in: project, variables, exit: 0, isTempted: false)
      let receipt = ["--receipt", "receipt.json"]
      try await expectSilence(
        of: ["check", "go.yaml", "-v", "--receipt", "out/receipt.json"] + Self.reports, in: project,
        variables, exit: 0)
      try await expectSilence(
        of: ["check", "go.yaml"] + receipt, in: project, variables, exit: 0)
      var others = variables
      others["BASE"] = project.echo.url(
        .base64, 200, user: "you:\(CanaryProject.proxy.percentEncoded)@")
      try await expectSilence(of: ["run", "go.yaml"] + receipt, in: project, others, exit: 1)
      try await expectSilence(
        of: ["launch", "go.yaml"] + Self.reports, in: project, variables, exit: 0)
    }
  }

  @Test("of init, which quotes a source tree and a database that hold them")
  func initialize() async throws {
    try await CanaryProject.run { project in
      var variables = project.variables()
      let initialize = ["init", "--source", "src"]
      try await expectSilence(
        of: initialize + ["--output", "-"] + Self.files, in: project, variables, exit: 0)
      try await expectSilence(
        of: initialize + ["--output", "out/preflight.yaml"], in: project, variables, exit: 0)
      variables["DATABASE_URL"] =
        "postgres://me:\(CanaryProject.password.percentEncoded)@127.0.0.1:1/\(CanaryProject.header.percentEncoded)"
      try await expectSilence(
        of: initialize + ["--output", "out/preflight.yaml"], in: project, variables, exit: 2)
    }
  }

  @Test("of lint, explain and schema, and of a checklist that holds them literally")
  func reading() async throws {
    try await CanaryProject.run { project in
      let variables = project.variables()
      for name in ["faulty", "broken"] {
        for command in ["lint", "check", "launch", "run", "jobs"] {
          try await expectSilence(
            of: [command, "\(name).yaml"], in: project, variables, exit: 78)
        }
      }
      try await expectSilence(of: ["lint", "odd.yaml"], in: project, variables, exit: 0)
      for subject in ["echo", "service.embedder", "service.database", "service.edge", "key", "own"]
      {
        for markdown in [[], ["--markdown"]] {
          try await expectSilence(
            of: ["explain", subject, "checklist.yaml"] + markdown + Self.files, in: project,
            variables, exit: 0,
            isTempted: ["echo", "service.embedder", "service.edge", "key"].contains(subject))
        }
      }
      try await expectSilence(
        of: ["schema", "checklist"], in: project, variables, exit: 0, isTempted: false)
    }
  }

  @Test("of the words about arguments that hold one")
  func arguments() async throws {
    try await CanaryProject.run { project in
      let variables = project.variables()
      let key = CanaryProject.apiKey.value
      for (arguments, status) in [
        (["check", key], 78), (["check", "checklist.yaml", key], 64),
        (["check", "checklist.yaml", "--only", key], 64), ([key], 64), (["explain", key], 64),
        (["init", "--source", key], 64), (["lint", "checklist.yaml", key], 64),
        (["run", "checklist.yaml", "--pipeline", key], 64), (["jobs", key], 78),
        (["check", "go.yaml", "--env-file", key], 78), (["schema", key], 64),
        (["run", "go.yaml", "--receipt", key], 2), (["launch", "go.yaml", "--phase", key], 64),
        (["sandbox", "--rows", key, "--", "true"], 64),
      ] as [([String], Int32)] {
        try await expectSilence(of: arguments, in: project, variables, exit: status)
      }
    }
  }
}
