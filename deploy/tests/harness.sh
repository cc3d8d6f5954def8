# What the tests of shell scripts share. A test is a function; its name is the sentence that it
# checks. `run_tests NAME WHICH...` runs them and counts.
# shellcheck shell=bash

root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
warren=$root/warren
work=$(mktemp -d)
passed=0 failed=0

# Nothing of the caller's settings.
clean() { env -i PATH="$PATH" HOME="$work/home" WARREN_STATE="$work/state" "$@"; }

# run COMMAND...: sets CODE, OUT and ERR.
run() {
  CODE=0
  "$@" >"$work/out" 2>"$work/err" </dev/null || CODE=$?
  # shellcheck disable=SC2034
  OUT=$(<"$work/out") ERR=$(<"$work/err")
}

expect_code() { [[ $CODE == "$1" ]] || problem "exit code $CODE, expected $1; stderr: $ERR"; }
expect_in() { [[ $2 == *"$1"* ]] || problem "expected '$1' in: $2"; }
expect_same() { [[ $2 == "$1" ]] || problem "expected '$1', got '$2'"; }
# A zombie has ended; that nobody has asked after it is another matter.
expect_ended() { [[ $(ps -o stat= -p "$1") == [Z]* || -z $(ps -o stat= -p "$1") ]] || problem "process $1 still runs"; }
problem() {
  printf '    %s\n' "$*"
  SOUND=no
}

# fake_jdk HOME VERSION: enough of a JDK for the launcher to choose it; it prints what it is asked.
fake_jdk() {
  mkdir -p "$1/bin"
  printf 'IMPLEMENTOR="Nobody"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "jdk %s: $*"\n' "$2" >"$1/bin/java"
  cp "$1/bin/java" "$1/bin/javac"
  chmod +x "$1"/bin/*
}

# fake_release HOME: an installed release whose jars are empty files.
fake_release() {
  mkdir -p "$1/bin" "$1/lib" "$1/broker"
  cp "$warren" "$1/bin/"
  cp -R "$root/deploy/launcher" "$root/deploy/scripts" "$1/"
  cp "$root/deploy/broker/node" "$1/broker/"
  touch "$1"/lib/warren-{producer,worker,async-gateway,bench}-1.2.jar
  printf 'the digest of its jars\n' >"$1/lib/build-id"
}

real_jdk() {
  (
    # shellcheck disable=SC2034
    CHECKOUT=$root SCRIPTS=$root/deploy/launcher
    # shellcheck source=deploy/launcher/main.sh
    source "$SCRIPTS/main.sh"
    use java
    find_java
    printf '%s' "$JAVA_FOUND"
  )
}

# stand_in_release HOME: a release whose worker and gateway are FakeProgram; made with the JDK $jdk.
stand_in_release() {
  fake_release "$1"
  # shellcheck disable=SC2154 # of the test that needs it
  [[ -d $work/classes ]] ||
    "$jdk/bin/javac" -d "$work/classes" "$root/deploy/tests/FakeProgram.java" || exit 1
  local jar
  for jar in "$1"/lib/*.jar; do
    "$jdk/bin/jar" -c -f "$jar" -e FakeProgram -C "$work/classes" . || exit 1
  done
}

# The functions that are sentences: those with a capital letter in their name.
all_tests() { declare -F | sed -n 's/^declare -f \(.*[A-Z].*\)$/\1/p'; }

# run_tests TITLE TEST...: fails unless all pass.
run_tests() {
  local title=$1 name
  shift
  for name in "$@"; do
    SOUND=yes
    "$name"
    if [[ $SOUND == yes ]]; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      printf 'FAILED %s\n' "$name"
    fi
  done
  printf '%s: %d passed, %d failed\n' "$title" "$passed" "$failed"
  ((failed == 0))
}
