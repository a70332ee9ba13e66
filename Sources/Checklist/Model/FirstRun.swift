package import Core

/// The first run's conditions as the checklist says them, with variables not filled yet.
package struct FirstRunDeclaration: Sendable, Equatable {
  /// The name of the pipeline to run.
  package let pipeline: String
  /// By `FirstRunFields.firstRun`.
  package let settings: Settings
  package let location: SourceLocation

  /// The names of the variables that the conditions use, each once.
  package var variables: [String] { settings.variables }

  /// The conditions with their variables filled.
  ///
  /// - Parameter variables: Where values come from.
  /// - Returns: The conditions, ready to judge by.
  /// - Throws: What is unset, or does not fit once filled.
  package func filled(from variables: Variables) throws(SettingFault) -> FirstRun {
    FirstRun(
      try settings.filled(from: variables), pipeline: pipeline, location: location)
  }
}

/// When a first run is stopped, and when it counts as healthy.
package struct FirstRun: Sendable, Equatable {
  /// How far the run goes before it is judged.
  package enum RampStep: Sendable, Equatable {
    case items(Int)
    case all
  }

  /// What stops a run.
  package struct AbortWhen: Sendable, Equatable {
    package let noProgressFor: Duration
    /// By count or by fraction of the rows tried.
    package let failedItems: Comparison
  }

  /// What must hold of a run in the end.
  package struct VerifiedWhen: Sendable, Equatable {
    /// By fraction of the rows to embed.
    package let processed: Comparison
    /// Rows per second.
    package let rate: Comparison?
    /// By count.
    package let stuckJobs: Comparison
  }

  package let pipeline: String
  package let items: Int
  package let ramp: [RampStep]
  package let deadline: Duration
  package let abortWhen: AbortWhen
  package let verifiedWhen: VerifiedWhen
  /// Whether a run that found nothing to embed is healthy.
  package let allowEmpty: Bool
  package let location: SourceLocation
}

extension FirstRun {
  init(_ settings: Settings, pipeline: String, location: SourceLocation) {
    self.pipeline = pipeline
    items = settings.whole("items")
    ramp = settings.list("ramp").map { step in
      if case .whole(let items) = step.value { .items(items) } else { .all }
    }
    deadline = settings.duration("deadline")
    let abort = settings.record("abort_when")
    abortWhen = AbortWhen(
      noProgressFor: abort.duration("no_progress_for"),
      failedItems: abort.comparison("failed_items"))
    let verified = settings.record("verified_when")
    let processed = verified.comparison("processed")
    verifiedWhen = VerifiedWhen(
      // Nobody who writes `95%` means to refuse 96 %.
      processed: processed.relation == .equal ? Comparison(.atLeast, processed.bound) : processed,
      rate: verified.optionalComparison("rate"),
      stuckJobs: verified.comparison("stuck_jobs"))
    allowEmpty = settings.flag("allow_empty")
    self.location = location
  }
}
