# Finding a JDK, and starting the Java programs.
# shellcheck shell=bash

readonly JAVA_NEEDED=25

# java_version HOME: sets REPLY to the feature version (17, 25), or to nothing. Reads the JDK's
# `release` file, which costs nothing; starting the JVM to ask would cost more than the launcher.
java_version() {
  local line version=''
  REPLY=''
  [[ -x $1/bin/java ]] || return 0
  if [[ -r $1/release ]]; then
    while IFS= read -r line || [[ -n $line ]]; do
      [[ $line != JAVA_VERSION=* ]] || version=${line#JAVA_VERSION=}
    done <"$1/release"
    version=${version//\"/}
  else
    version=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p') || version=''
  fi
  version=${version#1.}
  [[ $version =~ ^([0-9]+) ]] && REPLY=${BASH_REMATCH[1]}
  return 0
}

# consider HOME: takes it as JAVA_FOUND when it will do and is older than the one found so far: the
# version that the build was made for before newer ones.
consider() {
  java_version "$1"
  JAVA_SEEN+="${REPLY:+ $REPLY ($1)}"
  [[ -n $REPLY ]] && ((REPLY >= JAVA_NEEDED)) || return 0
  [[ -x $1/bin/javac || -z $CHECKOUT ]] || return 0
  if [[ -z $JAVA_FOUND ]] || ((REPLY < JAVA_FOUND_VERSION)); then
    JAVA_FOUND=$1
    JAVA_FOUND_VERSION=$REPLY
  fi
}

# Sets JAVA_FOUND to the home of a JDK that will do, or ends with a message.
find_java() {
  local folder home path_java
  JAVA_FOUND='' JAVA_FOUND_VERSION='' JAVA_SEEN=''
  if [[ -n ${WARREN_JAVA_HOME:-} ]]; then
    consider "$WARREN_JAVA_HOME"
    [[ -n $JAVA_FOUND ]] || fail "WARREN_JAVA_HOME=$WARREN_JAVA_HOME is not a JDK $JAVA_NEEDED" \
      "or newer${JAVA_SEEN:+; found there:$JAVA_SEEN}."
    return
  fi
  if [[ -n ${JAVA_HOME:-} ]]; then
    consider "$JAVA_HOME"
    [[ -z $JAVA_FOUND ]] || return 0
  fi
  # WARREN_JAVA_DIRS is for the tests of this function.
  local folders=(/usr/lib/jvm /usr/java /opt /Library/Java/JavaVirtualMachines "${HOME:-/}/.jdks"
    "${HOME:-/}/.sdkman/candidates/java" "${HOME:-/}/.asdf/installs/java"
    "${HOME:-/}/.local/share/mise/installs/java" /opt/homebrew/opt /usr/local/opt)
  if [[ -n ${WARREN_JAVA_DIRS:-} ]]; then
    IFS=: read -ra folders <<<"$WARREN_JAVA_DIRS"
  fi
  for folder in "${folders[@]}"; do
    [[ -d $folder ]] || continue
    for home in "$folder"/*; do
      [[ ! -x $home/bin/java ]] || consider "$home"
      [[ ! -x $home/Contents/Home/bin/java ]] || consider "$home/Contents/Home"
      [[ ! -x $home/libexec/bin/java ]] || consider "$home/libexec"
    done
  done
  [[ -z $JAVA_FOUND ]] || return 0
  if path_java=$(command -v java); then
    path_java=$(readlink -f "$path_java")
    consider "${path_java%/bin/java}"
    [[ -z $JAVA_FOUND ]] || return 0
  fi
  say "needs a JDK $JAVA_NEEDED or newer, and found none${JAVA_SEEN:+; there are only:$JAVA_SEEN}."
  fail "Install one (for example Eclipse Temurin $JAVA_NEEDED, or 'sdk install java" \
    "$JAVA_NEEDED-tem'), or set WARREN_JAVA_HOME to its folder."
}

# jvm_flags ROLE: sets JVM_FLAGS. Words of WARREN_JAVA_OPTS come last, so they win. Why these, and what
# was measured: docs/performance.md.
jvm_flags() {
  local collector=() more
  read -ra more <<<"${WARREN_JAVA_OPTS:-}"
  JVM_FLAGS=(-Dfile.encoding=UTF-8)
  case $1 in
    # Short lives: start fast, stay small.
    cli)
      collector=(-XX:+UseSerialGC)
      JVM_FLAGS+=(-XX:TieredStopAtLevel=1)
      ;;
    # A JVM that has run out of memory cannot be trusted to settle tasks; its supervisor can. Small
    # while it waits, and grows with what it has to do: the serial collector would leave new objects
    # the few megabytes they begin with, and move what lives for a moment among what lives long,
    # gigabytes of it, before it looks there for the first time.
    worker)
      JVM_FLAGS+=(-XX:+ExitOnOutOfMemoryError -XX:TrimNativeHeapInterval=5000)
      collector=(-XX:+UseParallelGC -Xms8m)
      # Or new objects get an eighth of the machine before they are looked through for the first time.
      # A smaller heap limits them by itself, and the JVM would complain.
      [[ ${WARREN_JAVA_OPTS:-} =~ -Xm[xn]|MaxRAM|MaxHeapSize|NewSize ]] || ! ample_memory ||
        collector+=(-XX:MaxNewSize=512m)
      ;;
    # Waits most of the time: a heap that grows only when it must and is given back afterwards. The
    # serial collector would grow it to the limit under load, and keep it.
    gateway)
      JVM_FLAGS+=(-XX:+ExitOnOutOfMemoryError -XX:TrimNativeHeapInterval=5000)
      collector=(-XX:+UseG1GC -XX:GCTimeRatio=4 -XX:G1PeriodicGCInterval=15000 -Xms48m)
      # Not beside a share of the container's memory: the JVM would take the number of the two.
      [[ ${WARREN_JAVA_OPTS:-} == *-XX:MaxRAM* ]] || JVM_FLAGS+=(-Xmx1g)
      ;;
  esac
  # The JVM takes only one collector; that of the user comes with the user's own heap.
  [[ ${WARREN_JAVA_OPTS:-} == *-XX:+Use*GC* ]] || JVM_FLAGS+=(${collector[@]+"${collector[@]}"})
  JVM_FLAGS+=(${more[@]+"${more[@]}"})
}

# ample_memory: whether the JVM will take 1.5 GiB or more as its heap's limit, a quarter of what there
# is. Starts no process.
ample_memory() {
  local line memory=0 limit file
  [[ -r /proc/meminfo ]] || return 1
  read -r line </proc/meminfo
  [[ $line =~ ^MemTotal:\ +([0-9]+) ]] && memory=$((BASH_REMATCH[1] / 1024))
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [[ -r $file ]] || continue
    read -r limit <"$file" || true
    # Without a limit there is a word, or a number that no shell can count with.
    [[ ! $limit =~ ^[0-9]{1,17}$ ]] || ((limit / 1048576 >= memory)) || memory=$((limit / 1048576))
  done
  ((memory >= 6144))
}

# bench_flags: tells the benchmarks how workers and gateways are started, so that they measure what is
# shipped.
bench_flags() {
  jvm_flags worker
  export WARREN_BENCH_WORKER_JVM="${JVM_FLAGS[*]}"
  jvm_flags gateway
  export WARREN_BENCH_GATEWAY_JVM="${JVM_FLAGS[*]}"
}

# program_jar ROLE: sets REPLY to the jar of that program in the release.
program_jar() {
  local module
  case $1 in
    cli) module=producer ;;
    gateway) module=async-gateway ;;
    *) module=$1 ;;
  esac
  local jars=("$RELEASE"/lib/warren-"$module"-*.jar)
  [[ -f ${jars[0]} ]] || fail "$RELEASE/lib has no warren-$module jar; the release is incomplete."
  REPLY=${jars[0]}
}

# program_words ROLE: sets PROGRAM_WORDS to what names that program to the JVM: its jar, and before it
# those classes that STARTUP_FOLDER has in a better form.
program_words() {
  program_jar "$1"
  PROGRAM_WORDS=(-jar "$REPLY")
  if [[ $1 == cli && -n ${STARTUP_FOLDER:-} && -f $STARTUP_FOLDER/cli.jar ]]; then
    PROGRAM_WORDS=(-cp "$STARTUP_FOLDER/cli.jar:$REPLY" dev.warren.producer.cli.WarrenCommand)
  fi
}

# java_command ROLE: sets JAVA_COMMAND to what starts that program, from the release folder.
java_command() {
  find_java
  ensure_built
  program_jar "$1"
  use startup
  # Benchmarks measure other things.
  startup_flags "$1" || [[ $1 == bench ]] || startup_begin
  program_words "$1"
  [[ $1 != bench ]] || bench_flags
  jvm_flags "$1"
  JAVA_COMMAND=("$JAVA_FOUND/bin/java" ${STARTUP_FLAGS[@]+"${STARTUP_FLAGS[@]}"} "${JVM_FLAGS[@]}"
    "${PROGRAM_WORDS[@]}")
}

run_java() {
  java_command "$1"
  shift
  exec "${JAVA_COMMAND[@]}" "$@"
}
