/// How the jobs and the queue of one pipeline stand.
package struct JobOverview: Sendable, Equatable {
  /// A row of the user's job table; what its table has no column for is nil.
  package struct Job: Sendable, Equatable {
    package var id: String
    package var status: String
    package var processed: Int?
    package var total: Int?
    /// Since the row was made.
    package var age: Duration?
    /// Since the row was last changed.
    package var idle: Duration?
    package var message: String?

    package init(
      id: String, status: String, processed: Int? = nil, total: Int? = nil, age: Duration? = nil,
      idle: Duration? = nil, message: String? = nil
    ) {
      self.id = id
      self.status = status
      self.processed = processed
      self.total = total
      self.age = age
      self.idle = idle
      self.message = message
    }
  }

  /// Items that were given up for the same reason.
  package struct Dead: Sendable, Equatable {
    package var className: String
    package var count: Int
    package var sample: String

    package init(className: String, count: Int, sample: String) {
      self.className = className
      self.count = count
      self.sample = sample
    }
  }

  /// The run that is open.
  package struct Run: Sendable, Equatable {
    package var state: RunState
    package var total: Int
    package var finished: Int
    package var age: Duration
    /// Items that a worker may take now, that one holds, and that wait for their time.
    package var claimable: Int
    package var leased: Int
    package var waiting: Int
    package var workers: Int

    package init(
      state: RunState, total: Int, finished: Int, age: Duration, claimable: Int, leased: Int,
      waiting: Int, workers: Int
    ) {
      self.state = state
      self.total = total
      self.finished = finished
      self.age = age
      self.claimable = claimable
      self.leased = leased
      self.waiting = waiting
      self.workers = workers
    }

    /// Finished items per second since the run began.
    package var ratePerSecond: Double {
      age > .zero ? Double(finished) / (age / .seconds(1)) : 0
    }

    /// The time left at that rate, or nil where nothing has been finished yet.
    package var timeLeft: Duration? {
      ratePerSecond > 0 ? .seconds(Double(total - finished) / ratePerSecond) : nil
    }
  }

  package var pipeline: String
  /// Source rows that wait to be embedded.
  package var pending: Int
  package var run: Run?
  package var dead: [Dead]
  /// The newest first.
  package var jobs: [Job]

  package init(pipeline: String, pending: Int, run: Run? = nil, dead: [Dead] = [], jobs: [Job]) {
    self.pipeline = pipeline
    self.pending = pending
    self.run = run
    self.dead = dead
    self.jobs = jobs
  }
}
