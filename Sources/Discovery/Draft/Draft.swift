internal import Core

/// A checklist that is guessed from what can be seen, each guess with where it comes from.
package struct Draft {
  private let facts: Facts
  private let plan: EmbedderPlan
  private let checks: [Passage]
  private let usesProject: Bool
  private let usesDatabase: Bool

  package init(_ facts: Facts) {
    self.facts = facts
    plan = EmbedderPlan(facts)
    var ids = Identifiers()
    let secrets = SecretsPart(facts)
    usesProject = secrets.usesProject
    var checks = secrets.passages(&ids)
    checks.append(
      .check(
        ids.take("key.embedder"), ("api_key", "embedder"),
        why: ["One small request shows whether the endpoint takes the key."]))
    let ofColumns = VectorsPart(facts: facts, plan: plan).passages(&ids)
    let ofSource = SourcePart(facts: facts).passages(&ids)
    let ofDatabase =
      UpsertsPart(facts: facts).passages(&ids) + FunctionsPart(facts: facts).passages(&ids)
      + JobTable.passages(facts.catalog, &ids)
    usesDatabase = (ofColumns + ofDatabase).contains { !$0.lines.isEmpty }
    self.checks = checks + ofColumns + ofSource + ofDatabase
  }

  /// The whole file.
  package var text: String {
    var lines = head + ["version: 1", "", "services:"]
    for (place, service) in services.enumerated() {
      lines += (place > 0 ? [""] : []) + service.rendered(indent: 2)
    }
    lines += ["", "checks:"]
    for (place, check) in checks.enumerated() {
      lines += (place > 0 ? [""] : []) + check.rendered(indent: 2)
    }
    if facts.hasCatalog { lines += [""] + PipelinesPart(facts, plan).lines }
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    var lines: [String] = []
    if let path = facts.schemaPath {
      lines = ["# yaml-language-server: $schema=\(path)", "#"]
    }
    lines += YAMLText.comment(
      """
      Written by `preflight init` from what it saw of the database, the environment and the source \
      tree. Each guess has a comment with its reason: keep what is right, correct the rest.
      """)
    if facts.schemaPath == nil {
      lines += ["#"]
      lines += YAMLText.comment(
        """
        For completion in an editor: `preflight schema checklist > checklist.schema.json`, and \
        `yaml-language-server: $schema=./checklist.schema.json` as a comment on the first line.
        """)
    }
    let gaps = facts.allGaps
    if !gaps.isEmpty {
      lines += ["#", "# Not looked at:"]
      lines += gaps.flatMap { YAMLText.comment("- \($0)") }
    }
    return lines
  }

  private var services: [Passage] {
    var services = [database] + plan.services.map { embedder($0, isFirst: $0 == plan.services[0]) }
    if usesProject {
      services.append(
        Passage(
          why: ["A Supabase project seems to be in use: \(signOfSupabase)."],
          lines: [
            "edge:", "  supabase: ${SUPABASE_PROJECT_REF}",
            "  access_token: ${SUPABASE_ACCESS_TOKEN}",
            "  api: ${SUPABASE_API_URL:-https://api.supabase.com}",
          ]))
    }
    return services
  }

  private var database: Passage {
    let variable = facts.databaseVariable
    var why = "The database of \(variable)"
    switch facts.database {
    case .read where usesDatabase: why += ", of which the checks below were read."
    case .read: why += " holds nothing that a checklist could be guessed from."
    case .unread:
      why += """
         could not be asked. Its columns of vectors, functions, unique keys and jobs are missing \
        below: set \(variable), move this file away and run `preflight init` again.
        """
    }
    let entry = ["database:", "  postgres: ${\(variable)}"]
    return Passage(why: [why], lines: usesDatabase ? entry : [])
  }

  private func embedder(_ service: EmbedderPlan.Service, isFirst: Bool) -> Passage {
    var lines = [
      "\(service.name):", "  embeddings: ${OPENAI_BASE_URL:-https://api.openai.com/v1}",
      "  api_key: ${\(EmbedderPlan.key)}",
    ]
    if isFirst { lines += YAMLText.comment(plan.modelWhy).map { "  " + $0 } }
    lines.append("  model: \(YAMLText.scalar(plan.model))")
    lines += (service.dimensionsWhy.map { YAMLText.comment($0) } ?? []).map { "  " + $0 }
    if let dimensions = service.dimensions { lines.append("  dimensions: \(dimensions)") }
    return Passage(why: [service.why], lines: lines)
  }

  private var signOfSupabase: String {
    if facts.source.hasSupabaseFolder { return "the source tree has \(facts.path("supabase"))" }
    return facts.environment.contains("SUPABASE_PROJECT_REF")
      ? "SUPABASE_PROJECT_REF is set" : "\(facts.path(".env.example")) names SUPABASE_PROJECT_REF"
  }
}
