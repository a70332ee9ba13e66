/// What the shell is given to do to have a server.
enum ServerScript {
  /// Creates the data and runs the server until standard input ends, then removes all of it.
  ///
  /// `$1` is the folder of programs and `$2` the server's own; the rest are the server's arguments. The
  /// first line of input is the superuser's password, because everybody sees arguments. The other end
  /// of the input closes with the program that started this, however that ends: nothing is left over
  /// even after a `kill -9`. An immediate shutdown loses nothing, for the data goes too; it is asked
  /// for until it happens, because a background command of a shell ignores SIGQUIT until Postgres has
  /// set it up. What went wrong, if anything, stands in the last lines of the log, which come on
  /// standard output.
  static let text = """
    cd /
    umask 077
    ulimit -c 0
    programs=$1 folder=$2
    shift 2
    exec 3<&0 </dev/null
    read -r password <&3
    printf '%s\\n' "$password" >"$folder/password"
    "$programs/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" \\
      --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync 3<&- >"$folder/log" 2>&1
    status=$?
    rm -f "$folder/password"
    if [ $status = 0 ]; then
      "$programs/postgres" -D "$folder/data" "$@" 3<&- >"$folder/log" 2>&1 &
      server=$!
      { cat <&3; while kill -QUIT $server; do sleep 0.1; done; } >/dev/null 2>&1 &
      watcher=$!
      wait $server
      kill $watcher
    fi
    tail -n 5 "$folder/log"
    rm -rf "$folder"
    """

  /// Settings of a server whose data nobody will miss.
  ///
  /// Parallel index builds take their memory from files in the data folder: in a container `/dev/shm`
  /// is small, and would keep them after a crash.
  static let settings = [
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100",
    "fsync=off", "full_page_writes=off", "synchronous_commit=off",
    "dynamic_shared_memory_type=mmap", "logging_collector=off", "log_destination=stderr",
  ]
}
