internal import CMalloc

/// What becomes of memory that is not used any more.
enum FreedMemory {
  /// Keeps it in one pool for all threads, where glibc has a pool for each: what one thread freed would lie
  /// there unused while another one asks the system for more ("Malloc Tunable Parameters" in its manual).
  static func share() {
    #if canImport(Glibc)
      mallopt(M_ARENA_MAX, 1)
    #endif
  }
}
