package import Checklist
internal import Core

/// Which of a phase's checks are asked: all of them, or what `--only` and `--skip` leave.
///
/// A filter is the id of a check, the name of a kind, or a pattern over ids (`db.*`). What a chosen
/// check needs is asked with it, and so are the services that it uses.
package struct CheckSelection: Sendable, Equatable {
  /// One value of one option.
  package struct Filter: Sendable, Equatable {
    /// The option that it was given to.
    package enum Option: String, Sendable {
      case only = "--only"
      case skip = "--skip"
    }

    package let option: Option
    package let text: String

    var words: String { "\(option.rawValue) \(text.quoted)" }
  }

  /// Why filters choose nothing that could be asked.
  package enum Fault: Error, Sendable, Equatable {
    /// No check of the phase has such an id or kind; the nearest one, or else some that exist.
    case noMatch(Filter, in: Phase, nearest: String?, known: [String])
    /// The checks that it means belong to other phases.
    case ofOtherPhase(Filter, ids: [String], in: Phase)
    case invalidPattern(Filter, reason: String)
    /// A check was skipped that a chosen one cannot do without.
    case stillNeeded(Filter, id: String, by: String)
    case nothingLeft

    package var message: String {
      switch self {
      case .noMatch(let filter, let phase, let nearest, let known):
        let names = known.prefix(8).map(\.self) + (known.count > 8 ? ["…"] : [])
        let hint =
          nearest.map { "; did you mean \($0)?" } ?? "; there are \(names.joined(separator: ", "))"
        return "\(filter.words) matches no check of the phase \(phase.rawValue)\(hint)"
      case .ofOtherPhase(let filter, let ids, let phase):
        return "\(filter.words) matches only \(ids.joined(last: "and")), "
          + "which the phase \(phase.rawValue) does not ask"
      case .invalidPattern(let filter, let reason):
        return "\(filter.words) is no pattern for ids: \(reason)"
      case .stillNeeded(let filter, let id, let user):
        return "\(filter.words) leaves out \(id), without which \(user) cannot be asked; "
          + "skip \(user) too, or neither"
      case .nothingLeft:
        return "--only and --skip leave no check to ask"
      }
    }
  }

  /// What a filter can match.
  struct Candidate: Sendable, Equatable {
    let id: String
    let kind: String
    /// Ids of what must be asked with it.
    var requires: [String] = []
    var isService = false
  }

  private let filters: [Filter]
  private var only: [Filter] { filters.filter { $0.option == .only } }
  private var skip: [Filter] { filters.filter { $0.option == .skip } }

  package init(only: [String] = [], skip: [String] = []) {
    filters =
      only.map { Filter(option: .only, text: $0) } + skip.map { Filter(option: .skip, text: $0) }
  }

  /// The ids of what is asked.
  ///
  /// - Parameters:
  ///   - candidates: All that the phase asks.
  ///   - others: What only other phases ask.
  ///   - phase: The phase, for the words of a fault.
  /// - Returns: At least one id.
  /// - Throws: The first filter that says nothing, or nothing that could be followed.
  func chosen(
    from candidates: [Candidate], others: [Candidate], in phase: Phase
  ) throws(Fault) -> Set<String> {
    for filter in filters { try prove(filter, candidates, others, phase) }
    var chosen: [Candidate] = []
    let required = Set(candidates.flatMap(\.requires))
    for candidate in candidates {
      // A service that checks use comes and goes with them.
      let isWanted =
        only.isEmpty
        ? !candidate.isService || !required.contains(candidate.id)
        : only.contains { $0.matches(candidate) }
      if isWanted, !skip.contains(where: { $0.matches(candidate) }) { chosen.append(candidate) }
    }
    guard !chosen.isEmpty else { throw .nothingLeft }
    return try withRequired(chosen, from: candidates)
  }

  private func prove(
    _ filter: Filter, _ candidates: [Candidate], _ others: [Candidate], _ phase: Phase
  ) throws(Fault) {
    do throws(Glob.Fault) {
      _ = try filter.pattern()
    } catch {
      throw .invalidPattern(filter, reason: error.message)
    }
    guard !candidates.contains(where: filter.matches) else { return }
    let elsewhere = others.filter(filter.matches).map(\.id)
    guard elsewhere.isEmpty else { throw .ofOtherPhase(filter, ids: elsewhere, in: phase) }
    let ids = candidates.map(\.id)
    let nearest = (ids + candidates.map(\.kind)).nearest(to: filter.text)
    throw .noMatch(filter, in: phase, nearest: nearest, known: ids)
  }

  /// The chosen ids, and all that they need, however far away.
  private func withRequired(
    _ chosen: [Candidate], from candidates: [Candidate]
  ) throws(Fault) -> Set<String> {
    var ids = Set(chosen.map(\.id))
    var queue = chosen
    while let candidate = queue.popLast() {
      for id in candidate.requires where !ids.contains(id) {
        guard let needed = candidates.first(where: { $0.id == id }) else { continue }
        if let filter = skip.first(where: { $0.matches(needed) }) {
          throw .stillNeeded(filter, id: id, by: candidate.id)
        }
        ids.insert(id)
        queue.append(needed)
      }
    }
    return ids
  }
}

extension CheckSelection.Filter {
  /// The pattern over ids; nil where the text is an id or the name of a kind.
  fileprivate func pattern() throws(Glob.Fault) -> Glob? {
    text.contains { "*?[{".contains($0) } ? try Glob(text) : nil
  }

  fileprivate func matches(_ candidate: CheckSelection.Candidate) -> Bool {
    // No id holds a slash, and to a `Glob` it would part folders.
    guard !text.contains("/"), let pattern = try? pattern() else {
      return text == candidate.id || text == candidate.kind
    }
    return pattern.matches([candidate.id])
  }
}
