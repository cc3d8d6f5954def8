#!/usr/bin/env bash
#
# Tests of the launcher that need neither a broker nor the Java programs: help, finding a JDK,
# state, installing. Each test is a function; its name is the sentence that it checks.

set -uo pipefail

root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
warren=$root/warren
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Nothing of the caller's settings.
clean() { env -i PATH="$PATH" HOME="$work/home" WARREN_STATE="$work/state" "$@"; }

# run COMMAND...: sets CODE, OUT and ERR.
run() {
  CODE=0
  "$@" >"$work/out" 2>"$work/err" </dev/null || CODE=$?
  OUT=$(<"$work/out") ERR=$(<"$work/err")
}

expect_code() { [[ $CODE == "$1" ]] || problem "exit code $CODE, expected $1; stderr: $ERR"; }
expect_in() { [[ $2 == *"$1"* ]] || problem "expected '$1' in: $2"; }
expect_same() { [[ $2 == "$1" ]] || problem "expected '$1', got '$2'"; }
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
  cp -R "$root/deploy/launcher" "$1/"
  cp "$root/deploy/broker/node" "$1/broker/"
  touch "$1"/lib/warren-{producer,worker,async-gateway,bench}-1.2.jar
}

helpNamesEveryCommand() {
  run clean "$warren" --help
  expect_code 0
  local word
  for word in up down status logs worker gateway demo test fmt bench install submit map types \
    queues workers topology 'config show' doctor WARREN_URI; do
    expect_in "$word" "$OUT"
  done
  local with_help=$OUT
  run clean "$warren"
  expect_same "$with_help" "$OUT"
}

picksTheOldestJdkThatWillDo() {
  local version
  for version in 17.0.9 26-ea 25.0.1 21.0.2; do fake_jdk "$work/jdks/jdk-$version" "$version"; done
  fake_release "$work/release"
  run clean WARREN_JAVA_DIRS="$work/nowhere:$work/jdks" "$work/release/bin/warren" types
  expect_code 0
  expect_in "jdk 25.0.1:" "$OUT"
  expect_in "-jar $work/release/lib/warren-producer-1.2.jar types" "$OUT"
}

javaHomeThatIsTooOldIsPassedOver() {
  fake_release "$work/release"
  fake_jdk "$work/old" 17.0.9
  fake_jdk "$work/more/new" 25
  run clean JAVA_HOME="$work/old" WARREN_JAVA_DIRS="$work/more" "$work/release/bin/warren" types
  expect_in "jdk 25:" "$OUT"
}

javaHomeThatWillDoComesFirst() {
  fake_release "$work/release"
  fake_jdk "$work/mine" 26.0.1
  fake_jdk "$work/more/new" 25
  run clean JAVA_HOME="$work/mine" WARREN_JAVA_DIRS="$work/more" "$work/release/bin/warren" types
  expect_in "jdk 26.0.1:" "$OUT"
}

noJdkSaysWhatIsThereAndWhatToDo() {
  fake_release "$work/release"
  fake_jdk "$work/only/old" 17.0.9
  mkdir -p "$work/path"
  local tool
  for tool in bash env readlink sed dirname; do ln -sf "$(command -v $tool)" "$work/path/$tool"; done
  run env -i PATH="$work/path" HOME="$work/home" WARREN_JAVA_DIRS="$work/only" \
    "$work/release/bin/warren" types
  expect_code 1
  expect_in "needs a JDK 25 or newer, and found none; there are only: 17 ($work/only/old)" "$ERR"
  expect_in "WARREN_JAVA_HOME" "$ERR"
}

wrongWarrenJavaHomeIsAnErrorAndNotPassedOver() {
  fake_release "$work/release"
  fake_jdk "$work/old" 17.0.9
  run clean WARREN_JAVA_HOME="$work/old" "$work/release/bin/warren" types
  expect_code 1
  expect_in "WARREN_JAVA_HOME=$work/old is not a JDK 25" "$ERR"
}

commandsGoToTheirProgramsWithTheirArguments() {
  fake_release "$work/release"
  fake_jdk "$work/jdk" 25
  run clean JAVA_HOME="$work/jdk" "$work/release/bin/warren" worker --queues "a b"
  expect_in "-jar $work/release/lib/warren-worker-1.2.jar --queues a b" "$OUT"
  run clean JAVA_HOME="$work/jdk" "$work/release/bin/warren" gateway
  expect_in "-jar $work/release/lib/warren-async-gateway-1.2.jar" "$OUT"
  run clean JAVA_HOME="$work/jdk" WARREN_JAVA_OPTS="-Xmx99m" "$work/release/bin/warren" sumbit
  expect_in "-Xmx99m -jar $work/release/lib/warren-producer-1.2.jar sumbit" "$OUT"
}

isFoundThroughALink() {
  fake_release "$work/release"
  fake_jdk "$work/jdk" 25
  mkdir -p "$work/links"
  ln -sfn ../release/bin/warren "$work/links/warren"
  run clean JAVA_HOME="$work/jdk" "$work/links/warren" types
  expect_in "-jar $work/release/lib/warren-producer-1.2.jar types" "$OUT"
}

aReleaseHasNoSourcesToTest() {
  fake_release "$work/release"
  run clean "$work/release/bin/warren" test
  expect_code 2
  expect_in "installed release" "$ERR"
}

everyTestIn() { declare -F | sed 's/^declare -f //' | grep -vE '^(clean|run|expect_.*|problem|fake_.*|everyTestIn)$'; }

for name in $(everyTestIn); do
  SOUND=yes
  "$name"
  if [[ $SOUND == yes ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$name"
  fi
done
printf 'launcher: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
