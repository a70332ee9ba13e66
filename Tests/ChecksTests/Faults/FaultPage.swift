import Gate
import Sandbox

/// `docs/faults.md`.
struct FaultPage {
  /// Each fault with the finding of the check that is meant to name it.
  let told: [(fault: SandboxFault, finding: Finding?)]

  var markdown: String {
    let named = told.filter { $0.finding != nil }
    let harmless = told.filter { $0.finding == nil }
    return """
      # The faults that Preflight names

      The sandbox can plant \(told.count) faults before the first run. Here is what
      [every-fault.yaml](../checklists/every-fault.yaml) says of each, in the program's own words:

      ```sh
      preflight sandbox --fault index-invalid -- preflight check checklists/every-fault.yaml
      ```

      A test makes this page, and holds it to the following. It is done on Postgres 16 and 18, straight and through PgBouncer in
      transaction mode, as a superuser and as a role with the rights of [least-rights.sql](../checklists/least-rights.sql) alone:

      - Planted alone, a fault is named by its check and by no other, with the same words for everybody. What needs that check is
        skipped, and says because of whom.
      - Where the fix is SQL of a finding, it is run as it stands, and all checks pass then.
      - Faults that sit in different places are planted together, up to \(SandboxFault.together.map(\.count).max() ?? 0) in one of \(SandboxFault.together.count) sandboxes, and one pass names
        all of them.
      - A role that may only connect gets *could not tell* from `dimension`, `upsert.cache`, `rows.once` and `jobs`, which read
        more than the catalog, and from no other; none of them passes.

      `$NAME` stands for what a variable holds. A check marked with ◦ ends in *could not tell* and not in *failed*: the other side
      gave no answer that tells.

      | fault | what is wrong | check | what it says | fix |
      |---|---|---|---|---|
      \(named.map(row).joined(separator: "\n"))

      \(harmless.map { "`\($0.fault.rawValue)`" }.joined(separator: " and ")) can be planted too, and all checks pass: Preflight reads vectors in whatever
      encoding they come, and sorts them by their indexes. Other clients do not.

      `\(SandboxFault.modelMasked.rawValue)` shows only once there are vectors to compare with: \(SandboxFault.modelMasked.summary).
      `same_model` names it after a deployment:

      ```sh
      preflight sandbox --fault \(SandboxFault.modelMasked.rawValue) -- preflight check checklists/embeddings.yaml --phase post-deploy
      ```

      """
  }

  private func row(_ fault: SandboxFault, _ finding: Finding?) -> String {
    guard let finding, let intended = fault.intended else { return "" }
    let fix = (finding.fix ?? "").split(separator: "\n").map(code).joined(separator: "<br>")
    let mark = intended.status == .error ? " ◦" : ""
    return [
      "", "`\(fault.rawValue)`", text(fault.summary), "`\(intended.id)`\(mark)",
      text(finding.message), fix, "",
    ].joined(separator: " | ").trimmed
  }

  private func text(_ words: String) -> String {
    words.replacing(/14h \d+m/, with: "14h").replacing("|", with: "\\|")
      .replacing("<", with: "&lt;").replacing("*", with: "\\*")
  }

  /// One line as code, in as many backticks as it has none of.
  private func code(_ line: Substring) -> String {
    let tick = line.contains("`") ? "``" : "`"
    return "\(tick) \(line.replacing("|", with: "\\|")) \(tick)"
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
