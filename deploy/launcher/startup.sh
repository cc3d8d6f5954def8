# Startup caches: what a program loads and does at its start, written down once (ahead-of-time caches
# of the JVM: JEP 483, 514, 515). Nothing needs one: it may be missing, old or broken.
# shellcheck shell=bash

# A cache is ROLE.aot; ROLE.for beside it says for which jars, JVM and flags. They are in `startup` of
# the release, or where that cannot be written, in a folder of the user's. Beside them, cli.jar has the
# classes of the command line's library picocli in a format that caches take.
#
# JDK 25 takes a cache although the jars are others, and runs the classes of the cache (JDK-8377932).
# So what it is for is compared here: lib/build-id, the digest of all jars, which comes with them.

STARTUP_ROLES=(cli worker gateway)

startup_command() {
  if (($#)); then
    cat >&2 <<END
Usage: $WARREN startup

Makes the startup caches anew: what the programs load and do at their start, written down, so that
they start in half the time and less memory. The first command after a build or an installation
makes them too, in the background; this one is for images, and for whoever does not want to wait.
END
    [[ $1 == -h || $1 == --help ]] && return
    return 2
  fi
  find_java
  ensure_built
  startup_make wait
}

# startup_flags ROLE: sets STARTUP_FLAGS to what lets the JVM take the cache of that program; fails
# where there is none. Starts no process: that would cost a command more than it is worth.
startup_flags() {
  local folder
  STARTUP_FLAGS=() STARTUP_FOLDER=''
  startup_purpose "$1" || return 1
  startup_folders
  for folder in "${STARTUP_FOLDERS[@]}"; do
    startup_fits "$folder/$1" || continue
    # For java_command. Where the JVM does not like it after all, that is no affair of the user's.
    # shellcheck disable=SC2034
    STARTUP_FOLDER=$folder
    # shellcheck disable=SC2034
    STARTUP_FLAGS=(-Xlog:disable '-Xlog:all=warning,aot*=off,cds*=off:stderr'
      "-XX:AOTCache=$folder/$1.aot")
    return 0
  done
  return 1
}

# startup_folders: sets STARTUP_FOLDERS to where caches may be.
startup_folders() {
  local caches=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
  STARTUP_FOLDERS=("$RELEASE/startup")
  [[ $caches != /* ]] || STARTUP_FOLDERS+=("$caches/warren/startup/${RELEASE//\//%}")
}

# startup_purpose ROLE: sets REPLY to what a cache of that program has to be for; fails where the jars
# have no name. What the user adds to the flags is not part of it: nearly all of that makes no
# difference to a cache.
startup_purpose() {
  local release='' jars=''
  [[ ! -r $RELEASE/lib/build-id ]] || read -r jars <"$RELEASE/lib/build-id" || true
  [[ ! -r $JAVA_FOUND/release ]] || read -r -d '' release <"$JAVA_FOUND/release" || true
  WARREN_JAVA_OPTS='' jvm_flags "$1"
  # No newline at the end: `read` does not keep it.
  REPLY="$jars $JAVA_FOUND ${JVM_FLAGS[*]}${release:+$'\n'$release}"
  [[ -n $jars ]]
}

# startup_fits PATH: whether there is a cache that is for REPLY and that nobody else could have put
# there. A jar that somebody has put beside the others since is newer than it.
startup_fits() {
  local purpose='' jar
  [[ -r $1.aot && -r $1.for && ! $RELEASE/lib -nt $1.aot ]] || return 1
  [[ $1 == "$RELEASE"/* || -O $1.aot ]] || return 1
  read -r -d '' purpose <"$1.for" || true
  [[ $purpose == "$REPLY" ]] || return 1
  for jar in "$RELEASE"/lib/*.jar; do
    [[ ! $jar -nt $1.aot ]] || return 1
  done
}

# startup_failed FOLDER: whether caches for REPLY were tried there in vain, in the last day.
startup_failed() {
  local when='' purpose='' now
  [[ -r $1/failed ]] || return 1
  {
    read -r when
    read -r -d '' purpose
  } <"$1/failed" || true
  printf -v now '%(%s)T' -1
  [[ $purpose == "$REPLY" && $when =~ ^[0-9]+$ ]] && ((now - when < 24 * 3600))
}

# startup_begin: makes the caches in the background, unless it was tried in vain in the last day, or the
# release is a fleet's own copy, which gets those of the release that it was copied from.
startup_begin() {
  local folder
  [[ $RELEASE != "${STATE:-}/release" ]] || return 0
  # Without it every command of these twenty seconds would make them.
  command -v flock >/dev/null || return 0
  compgen -G "$RELEASE/lib/warren-engine-*.jar" >/dev/null || return 0
  startup_purpose cli || return 0
  for folder in "${STARTUP_FOLDERS[@]}"; do
    ! startup_failed "$folder" || return 0
  done
  # What the command has open is not held open, and its Ctrl-C is not meant.
  (
    trap '' INT HUP
    startup_make &
  ) </dev/null >/dev/null 2>&1 3>&- 6>&- 7>&- 8>&- 9>&-
}

# startup_make [wait]: makes the caches of all programs; fails where that cannot be done. In a process of
# its own, whose end ends all that it has started. Where somebody else makes them at the moment it leaves
# that to them, or waits for its turn.
startup_make() (
  set +e
  startup_purpose cli || {
    say "$RELEASE has no lib/build-id, so no startup cache can be told to be for its jars"
    exit 1
  }
  startup_folders
  for folder in "${STARTUP_FOLDERS[@]}"; do
    [[ $folder == "$RELEASE"/* ]] || umask 077
    mkdir -p "$folder" 2>/dev/null || continue
    [[ -w $folder && -O $folder ]] || continue
    exec 7>"$folder/lock"
    if command -v flock >/dev/null && ! flock -n 7; then
      [[ ${1:-} == wait ]] || exit 0
      say "the startup caches are being made in the background already; waiting for that"
      flock 7
      if startup_made "$folder"; then
        say "the startup caches are in $folder"
        exit 0
      fi
    fi
    # What was killed meanwhile.
    rm -rf "$folder"/new.*
    work=$(mktemp -d "$folder/new.XXXXXX") || exit 1
    trap 'startup_leave "$work"' EXIT
    startup_note "$work"
    if startup_practise "$work" "$folder" >"$folder/log" 2>&1; then
      startup_keep "$work" "$folder" || exit 1
      [[ ${1:-} != wait ]] || say "the startup caches are in $folder"
      exit 0
    fi
    startup_purpose cli
    printf '%(%s)T\n%s' -1 "$REPLY" >"$folder/failed"
    say "startup caches could not be made: $folder/log says why"
    exit 1
  done
  say "startup caches can be kept neither in $RELEASE nor in the user's folder for caches"
  exit 1
)

# startup_made FOLDER: whether the caches of all programs are there.
startup_made() {
  local role
  for role in "${STARTUP_ROLES[@]}"; do
    startup_purpose "$role" && startup_fits "$1/$role" || return 1
  done
}

# startup_note WORK: what the caches will be for, before the jars can be replaced.
startup_note() {
  local role
  for role in "${STARTUP_ROLES[@]}"; do
    startup_purpose "$role"
    printf '%s' "$REPLY" >"$1/$role.for"
  done
}

# startup_keep WORK FOLDER: what is in use is replaced at once, never written to.
startup_keep() {
  local role
  for role in "${STARTUP_ROLES[@]}"; do
    # First away with the old word, then the new cache, then what that is for: whoever starts in
    # between, or after a crash in between, does without.
    rm -f "$2/$role.for"
    mv -f "$1/$role.aot" "$2/" && mv -f "$1/$role.for" "$2/" || return 1
  done
  rm -f "$2/failed"
}

startup_leave() {
  local pids
  # Closes the practice broker's input, which ends it.
  exec 6>&-
  mapfile -t pids < <(jobs -p)
  ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null
  rm -rf "$1"
}

# startup_practise WORK FOLDER: runs the programs as they are, on a broker that keeps nothing, until a task
# has gone all the way; at their end they write their caches to WORK.
startup_practise() {
  local work=$1 STARTUP_FOLDER=$2 worker gateway code=0
  use process
  startup_newer "$work" || return 1
  startup_broker "$work" || return 1
  # As `up` writes it, since to read one is part of a start.
  printf 'broker:\n  uri: amqp://127.0.0.1:%s\n  username: practice\n  password-file: %s\n%s\n' \
    "$REPLY" "'$work/password'" $'gateway:\n  uri: http://127.0.0.1:1' >"$work/warren.yaml"
  startup_java worker "$work" || return 1
  "${STARTUP_JAVA[@]}" --processes 1 --state-dir "$work/workers" --log-format text \
    --health-port 0 --health-address-file "$work/health/worker" 6>&- 7>&- &
  worker=$!
  startup_java gateway "$work" || return 1
  "${STARTUP_JAVA[@]}" --data "$work/gateway" --http 127.0.0.1:0 --log-format text \
    --health-port 0 --health-address-file "$work/health/gateway" 6>&- 7>&- &
  gateway=$!
  startup_await "$worker" startup_ready "$work" worker &&
    startup_await "$gateway" startup_ready "$work" gateway || return 1
  startup_java cli "$work" || return 1
  # The types are known from then on, as they are to somebody who has a fleet.
  "${STARTUP_JAVA[@]/#-XX:AOT*/-Xshare:auto}" types 6>&- 7>&- &&
    "${STARTUP_JAVA[@]}" submit echo '{"message":"hello"}' --wait --timeout 30s \
      6>&- 7>&- || code=1
  kill "$worker" "$gateway"
  wait "$worker" || code=1
  wait "$gateway" || code=1
  [[ -s $work/cli.aot && -s $work/worker.aot && -s $work/gateway.aot ]] && ((code == 0))
}

# startup_broker WORK: starts the practice broker, writes its password to a file of WORK, which is only
# its owner's to read, and sets REPLY to its port.
startup_broker() {
  local password
  mkdir "$1/health"
  mkfifo "$1/input"
  program_jar cli || return 1
  "$JAVA_FOUND/bin/java" -cp "$REPLY" dev.warren.engine.startup.PracticeBroker \
    <"$1/input" >"$1/port" 7>&- &
  exec 6>"$1/input"
  startup_await $! startup_told "$1" || return 1
  printf '%s' "$password" >"$1/password"
}

# startup_told WORK: whether the practice broker has told port and password; sets REPLY and `password`.
startup_told() { { read -r REPLY && read -r password; } <"$1/port"; }

# startup_newer WORK: writes cli.jar anew; what is there may be of another picocli.
startup_newer() {
  local library=("$RELEASE"/lib/picocli-*.jar)
  program_jar worker || return 1
  "$JAVA_FOUND/bin/java" -cp "$REPLY" dev.warren.worker.startup.NewerClasses "${library[0]}" \
    "$1/cli.jar" || return 1
  # A cache is for the names and times of its jars: those that run take no other one until they end.
  rm -f "$STARTUP_FOLDER/cli.for"
  mv -f "$1/cli.jar" "$STARTUP_FOLDER/"
}

# startup_java ROLE WORK: sets STARTUP_JAVA to what starts that program so that it writes its cache to
# WORK; with nothing of the user's settings, and last in the queue for the processors.
startup_java() {
  program_words "$1" || return 1
  WARREN_JAVA_OPTS='' jvm_flags "$1"
  STARTUP_JAVA=(env -i "PATH=$PATH" "HOME=$2" "WARREN_CONFIG=$2/warren.yaml")
  ! command -v nice >/dev/null || STARTUP_JAVA+=(nice -n 10)
  STARTUP_JAVA+=("$JAVA_FOUND/bin/java" "${JVM_FLAGS[@]}" "-XX:AOTCacheOutput=$2/$1.aot"
    -Xlog:aot=error "${PROGRAM_WORDS[@]}")
}

startup_ready() {
  health_status "$1" "$2"
  [[ $REPLY == 200 ]]
}

# startup_await PID CONDITION...: until it holds; fails when that process has ended, or after a minute.
startup_await() {
  local pid=$1 deadline=$((SECONDS + 60))
  shift
  until "$@"; do
    ((SECONDS < deadline)) && kill -0 "$pid" || return 1
    sleep 0.1
  done
}
