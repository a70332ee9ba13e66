internal import Core

/// What SQL found in the database after a run, independently of every counter.
package struct Audit: Sendable, Equatable {
  /// Whether stored rows were found first by their own vectors.
  package enum SelfSearch: String, Sendable, CaseIterable {
    case pass
    case fail
    /// There was no stored row to search for.
    case notRun = "not-run"

    /// What came of it: most of the rows have to be found.
    ///
    /// An approximate index misses one now and then, and more often where many were written anew, which is no
    /// fault of a run. One that misses most of them serves nobody.
    package init(found: Int, of searched: Int) {
      self = searched == 0 ? .notRun : found * 2 > searched ? .pass : .fail
    }
  }

  /// Items counted as stored that have no vector, or a vector of another text, in some target.
  package var missing: Int
  package var wrongDimension: Int
  package var zeroNorm: Int
  /// Vectors that stand at more than one text.
  package var duplicates: Int
  package var selfSearch: SelfSearch
  /// How the job row differs from the stored rows, or nil where it tells the truth.
  package var jobRow: String?
  package var stuckJobs: Int

  package init(
    missing: Int = 0, wrongDimension: Int = 0, zeroNorm: Int = 0, duplicates: Int = 0,
    selfSearch: SelfSearch, jobRow: String? = nil, stuckJobs: Int = 0
  ) {
    self.missing = missing
    self.wrongDimension = wrongDimension
    self.zeroNorm = zeroNorm
    self.duplicates = duplicates
    self.selfSearch = selfSearch
    self.jobRow = jobRow
    self.stuckJobs = stuckJobs
  }

  /// What is wrong, a clause each; empty where the run left the database as it should.
  ///
  /// - Parameter items: how many items the run stored.
  /// - Returns: one clause for each fault.
  package func faults(among items: Int) -> [String] {
    var faults: [String] = []
    if missing > 0 {
      faults.append(
        missing.counted("stored item has", plural: "stored items have") + " no current vector")
    }
    if wrongDimension > 0 {
      faults.append(
        wrongDimension.counted("vector has", plural: "vectors have") + " a wrong dimension")
    }
    if zeroNorm > 0 {
      faults.append(
        zeroNorm.counted("vector has", plural: "vectors have")
          + " no direction (norm 0 or not finite)")
    }
    // Two different texts may by chance be one and the same to a model; a hundredth may not.
    if duplicates > 0, Double(duplicates) >= 0.01 * Double(items), items > 1 {
      faults.append(
        duplicates.counted("vector stands", plural: "vectors stand") + " at more than one text")
    }
    if selfSearch == .fail { faults.append("stored rows are not found first by their own vectors") }
    if selfSearch == .notRun { faults.append("no stored row could be searched for") }
    if let jobRow { faults.append(jobRow) }
    return faults
  }
}
