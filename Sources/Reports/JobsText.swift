package import Core
package import Monitor

/// The state of jobs and queues as people read it.
package struct JobsText: Sendable {
  private let overviews: [JobOverview]
  private let style: Style
  private let shown: ShownText

  package init(_ overviews: [JobOverview], style: Style, redactor: Redactor) {
    self.overviews = overviews
    self.style = style
    shown = ShownText(redactor: redactor)
  }

  package var document: String {
    overviews.map(section).joined(separator: "\n")
  }

  private func section(_ overview: JobOverview) -> String {
    var lines = [
      style.painted(shown.line(overview.pipeline), .bold)
        + ": \(overview.pending.counted("row")) waiting to be embedded"
    ]
    lines.append(overview.run.map(line) ?? "  no run is open")
    for dead in overview.dead {
      lines.append(
        "  \(style.glyph(.fail)) \(dead.count.counted("item")) given up, \(shown.line(dead.className)): "
          + shown.line(dead.sample))
    }
    if overview.jobs.isEmpty {
      lines.append("  no job")
    } else {
      lines.append("  newest jobs:")
      lines += overview.jobs.map(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ run: JobOverview.Run) -> String {
    var facts = [
      "\(run.finished) of \(run.total) done", "\(run.claimable) claimable",
      "\(run.leased) leased", "\(run.waiting) waiting", run.workers.counted("worker"),
    ]
    if run.ratePerSecond > 0 { facts.append(run.ratePerSecond.short + "/s") }
    if let left = run.timeLeft { facts.append("\(left.text) left") }
    return "  run \(run.state.rawValue): " + facts.joined(separator: ", ")
  }

  private func line(_ job: JobOverview.Job) -> String {
    let isDone = job.status == "completed"
    let isEmpty = isDone && job.processed == 0 && (job.total ?? 0) > 0
    let mark: Mark =
      switch job.status {
      case "completed": isEmpty ? .fail : .pass
      case "failed": .fail
      default: .skip
      }
    var facts = [shown.line(job.status)]
    if let processed = job.processed, let total = job.total {
      facts.append("\(processed)/\(total)")
    }
    if let age = job.age { facts.append("begun \(age.text) ago") }
    if !isDone, let idle = job.idle { facts.append("last change \(idle.text) ago") }
    if let message = job.message { facts.append(shown.line(message)) }
    return "  \(style.glyph(mark)) \(shown.line(job.id))  " + facts.joined(separator: ", ")
  }
}
