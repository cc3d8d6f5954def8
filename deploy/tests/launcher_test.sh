#!/usr/bin/env bash
#
# Tests of the launcher without the Java programs: help, finding a JDK, and, where `warren test` has
# told us of a broker, the life of a fleet of stand-in programs. Each test is a function; its name is
# the sentence that it checks.

set -uo pipefail

# shellcheck source=deploy/tests/harness.sh
source "${BASH_SOURCE[0]%/*}/harness.sh"
# Whatever a failed test has left running.
trap 'down_again >/dev/null 2>&1; rm -rf "$work"' EXIT

helpNamesEveryCommand() {
  run clean "$warren" --help
  expect_code 0
  local word
  for word in up down status logs worker gateway demo test fmt bench chaos startup install submit map types \
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
  expect_in "-Xms48m -jar $work/release/lib/warren-async-gateway-1.2.jar" "$OUT"
  # In a container its share of the memory counts, and nothing else.
  run clean JAVA_HOME="$work/jdk" WARREN_JAVA_OPTS="-XX:MaxRAMPercentage=70" \
    "$work/release/bin/warren" gateway
  expect_in "-Xms48m -XX:MaxRAMPercentage=70 -jar" "$OUT"
  run clean JAVA_HOME="$work/jdk" WARREN_JAVA_OPTS="-Xmx99m" "$work/release/bin/warren" sumbit
  expect_in "-Xmx99m -jar $work/release/lib/warren-producer-1.2.jar sumbit" "$OUT"
  # What is measured is started as what is shipped.
  printf '#!/bin/sh\necho "worker: $WARREN_BENCH_WORKER_JVM; gateway: $WARREN_BENCH_GATEWAY_JVM"\n' \
    >"$work/jdk/bin/java"
  run clean JAVA_HOME="$work/jdk" WARREN_JAVA_OPTS="-Xmx99m" "$work/release/bin/warren" bench
  expect_in "-XX:+UseParallelGC -Xms8m" "${OUT%%;*}"
  expect_in "-Xmx99m" "${OUT%%;*}"
  expect_in "-XX:+UseG1GC" "${OUT##*;}"
  fake_jdk "$work/jdk" 25
  # A JVM with two collectors does not start.
  run clean JAVA_HOME="$work/jdk" WARREN_JAVA_OPTS="-XX:+UseZGC" "$work/release/bin/warren" worker
  expect_in "-XX:+UseZGC -jar" "$OUT"
  [[ $OUT != *UseParallelGC* ]] || problem "two collectors: $OUT"
}

# cache_for RELEASE: a startup cache of the command line, as far as the launcher looks at it.
cache_for() (
  # shellcheck disable=SC2034
  CHECKOUT='' RELEASE=$1 SCRIPTS=$1/launcher JAVA_FOUND=$work/jdk WARREN_JAVA_OPTS=''
  # shellcheck source=deploy/launcher/main.sh
  source "$SCRIPTS/main.sh"
  use java startup
  mkdir -p "$1/startup"
  startup_purpose cli
  printf '%s' "$REPLY" >"$1/startup/cli.for"
  printf 'cache' >"$1/startup/cli.aot"
)

aStartupCacheIsTakenOnlyForTheJarsAndTheJvmThatItIsFor() {
  local taken="-XX:AOTCache=$work/cached/startup/cli.aot"
  fake_release "$work/cached"
  fake_jdk "$work/jdk" 25
  command_line() { run clean JAVA_HOME="$work/jdk" "$@" "$work/cached/bin/warren" types; }
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes a cache that is not there: $OUT"
  cache_for "$work/cached"
  command_line WARREN_JAVA_OPTS=-Xmx99m
  expect_in "$taken" "$OUT"
  touch -d 'now + 5 seconds' "$work/cached/lib"
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes a cache that is older than the jars: $OUT"
  touch -d 'now - 1 hour' "$work/cached/lib"
  command_line
  expect_in "$taken" "$OUT"
  # Another build, with the same dates, as a build gives them to all it makes.
  printf 'other jars\n' >"$work/cached/lib/build-id"
  touch -d 'now - 1 hour' "$work/cached/lib"
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes the cache of other jars: $OUT"
  rm "$work/cached/lib/build-id"
  touch -d 'now - 1 hour' "$work/cached/lib"
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes a cache for jars that nobody knows: $OUT"
  fake_release "$work/cached"
  cache_for "$work/cached"
  touch -d 'now - 1 hour' "$work/cached/lib"
  command_line
  expect_in "$taken" "$OUT"
  # Somebody writes into a jar: the folder's time stays.
  touch -d 'now + 5 seconds' "$work"/cached/lib/*.jar
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes a cache that is older than a jar: $OUT"
  touch -d 'now - 1 hour' "$work"/cached/lib/*.jar
  command_line
  expect_in "$taken" "$OUT"
  fake_jdk "$work/jdk" 25.1
  command_line
  [[ $OUT != *AOTCache* ]] || problem "takes the cache of another JVM: $OUT"
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

testsWithoutPythonAndNodeSayWhatIsMissing() {
  mkdir -p "$work/bare"
  local tool
  for tool in bash env readlink sed dirname mkdir; do
    ln -sf "$(command -v $tool)" "$work/bare/$tool"
  done
  run env -i PATH="$work/bare" HOME="$work/home" "$warren" test
  expect_code 3
  expect_in "missing here: python3 nodejs" "$ERR"
  # One that is too old counts as none; one that will do is not asked for.
  printf '#!/bin/sh\nexit 1\n' >"$work/bare/node"
  printf '#!/bin/sh\nexit 0\n' >"$work/bare/python3"
  chmod +x "$work/bare/node" "$work/bare/python3"
  run env -i PATH="$work/bare" HOME="$work/home" "$warren" test
  expect_code 3
  expect_in "missing here: nodejs" "$ERR"
}

thePasswordOfTheWatchUserIsShownOnATerminalAndNotWrittenIntoALog() {
  mkdir -p "$work/told"
  printf '%s\n' road=node uri=amqp://here management=http://there watch=watch \
    >"$work/told/broker.properties"
  printf 'sesame' >"$work/told/watch-password"
  # shellcheck disable=SC2016 # that is for the script
  printf 'SCRIPTS=%q CHECKOUT= STATE=%q\n. "$SCRIPTS/main.sh"\nuse broker process fleet\ntell_addresses\n' \
    "$root/deploy/launcher" "$work/told" >"$work/tell.sh"
  run clean bash "$work/tell.sh"
  expect_code 0
  expect_in "password in $work/told/watch-password" "$OUT"
  [[ $OUT$ERR != *sesame* ]] || problem "the password is in a log: $OUT$ERR"
  run clean script -qec "bash '$work/tell.sh'" /dev/null
  expect_in "password: sesame" "$OUT"
}

# --- With a broker --------------------------------------------------------------------------------

fleet() { run clean JAVA_HOME="$jdk" "$work/stand-in/bin/warren" "$@"; }
down_again() { fleet down --purge; }
login_of() { sed -E 's|amqp://([^:]*):([^@]*)@.*|\1 \2|' <<<"$WARREN_TEST_BROKER"; }

upMakesAFleetThatCommandsFindAndDownEndsIt() {
  stand_in_release "$work/stand-in"
  fleet up --broker "$WARREN_TEST_BROKER" --threads 3
  expect_code 0
  expect_in "The fleet is up." "$OUT"
  expect_in "http://127.0.0.1:77" "$OUT"
  local user password
  read -r user password < <(login_of)
  expect_same "$password" "$(cat "$work/state/password")"
  expect_same 600 "$(stat -c %a "$work/state/password")"
  expect_same 600 "$(stat -c %a "$work/state/warren.yaml")"
  expect_in "username: '$user'" "$(cat "$work/state/warren.yaml")"
  [[ $(cat "$work/state/warren.yaml") != *"$password"* ]] || problem "password in warren.yaml"
  expect_in "--threads, 3" "$(cat "$work/state/logs/worker-1.log")"
  expect_in "--processes, 2" "$(cat "$work/state/logs/worker-1.log")"

  fleet status
  expect_code 0
  expect_in "worker-1   ready" "$OUT"
  expect_in "gateway    ready" "$OUT"
  fleet logs worker
  expect_in "fake warren-worker-1.2.jar" "$OUT"
  # The command line is the stand-in too, and prints its WARREN_CONFIG.
  fleet submit
  expect_in "$work/state/warren.yaml" "$OUT"
  run clean WARREN_URI=amqp://elsewhere JAVA_HOME="$jdk" "$work/stand-in/bin/warren" types
  expect_in "[types] null" "$OUT"

  local pid
  pid=$(sed -n 's/^pid=//p' "$work/state/run/worker-1")
  fleet up --workers 2
  expect_in "worker-1 runs already (process $pid)" "$ERR"
  expect_in "worker-2 is ready" "$ERR"

  fleet down
  expect_code 0
  expect_ended "$pid"
  [[ ! -e $work/state/warren.yaml ]] || problem "warren.yaml is left after down"
  fleet status
  expect_code 1
  fleet down --purge
  fleet status
  expect_in "nothing is up" "$ERR"
}

upSaysWhyAWorkerHasEndedAndLeavesNothingRunning() {
  stand_in_release "$work/stand-in"
  fleet up --broker "$WARREN_TEST_BROKER" --no-gateway --fail
  expect_code 1
  expect_in "fake program fails as told" "$ERR"
  expect_in "worker-1 has ended before it was ready" "$ERR"
  expect_same "" "$(find "$work/state/run" "$work/state/health" -type f)"
  down_again
}

upBelievesOnlyItsOwnProgramsThatTheyAreReady() {
  stand_in_release "$work/stand-in"
  fleet up --broker "$WARREN_TEST_BROKER" --no-gateway --beaten
  expect_code 1
  expect_in "fake program has lost its port" "$ERR"
  [[ $ERR != *"is ready"* ]] || problem "another program's answer was taken for the worker's: $ERR"
  down_again
}

twoFleetsThatStartAtOnceBothGetTheirHealthPorts() {
  stand_in_release "$work/stand-in"
  local index ports=()
  for index in 1 2 3; do
    clean JAVA_HOME="$jdk" WARREN_STATE="$work/twin-$index" "$work/stand-in/bin/warren" up \
      --broker "$WARREN_TEST_BROKER" --workers 2 >"$work/twin-$index.out" 2>&1 9>&- &
  done
  wait
  for index in 1 2 3; do
    expect_in "The fleet is up." "$(cat "$work/twin-$index.out")"
    ports+=("$work/twin-$index"/health/*)
    run clean WARREN_STATE="$work/twin-$index" "$work/stand-in/bin/warren" status
    expect_code 0
  done
  expect_same 9 "$(cat "${ports[@]}" | sort -u | wc -l)"
  for index in 1 2 3; do
    run clean WARREN_STATE="$work/twin-$index" "$work/stand-in/bin/warren" down --purge
  done
}

aGatewayThatLostItsPortIsFoundWhereItIs() {
  stand_in_release "$work/stand-in"
  run clean JAVA_HOME="$jdk" FAKE_HTTP_PORT=4711 "$work/stand-in/bin/warren" up \
    --broker "$WARREN_TEST_BROKER"
  expect_code 0
  expect_in "the HTTP API is at 4711" "$ERR"
  expect_in "http://127.0.0.1:4711/v1/batches" "$OUT"
  expect_in "uri: http://127.0.0.1:4711" "$(cat "$work/state/warren.yaml")"
  down_again
  [[ ! -e $work/state/http-address ]] || problem "http-address is left after down"
}

upSaysWhatTheBrokerLacks() {
  stand_in_release "$work/stand-in"
  run clean JAVA_HOME="$jdk" FAKE_MISSING="no exchange" "$work/stand-in/bin/warren" up \
    --broker "$WARREN_TEST_BROKER"
  expect_code 1
  expect_in "fake program misses no exchange" "$ERR"
  expect_in "the broker does not have what they use" "$ERR"
  [[ $OUT != *"The fleet is up"* ]] || problem "a fleet without its exchanges is said to be up"
  down_again
}

downKillsWhatDoesNotEndAndOnlyThat() {
  stand_in_release "$work/stand-in"
  fleet up --broker "$WARREN_TEST_BROKER" --no-gateway --stubborn --grace 1s
  local pid
  pid=$(sed -n 's/^pid=//p' "$work/state/run/worker-1")
  # A pid that has gone to somebody else: this shell, with another time of start.
  printf '%s\n' "pid=$$" start=1 since=1 port=1 >"$work/state/run/worker-9"
  fleet down --purge
  expect_in "worker-1 does not stop and is killed" "$ERR"
  expect_ended "$pid"
}

demoUsesTwoWorkersAndStopsThemUnlessToldToKeepThem() {
  stand_in_release "$work/stand-in"
  fleet demo --broker "$WARREN_TEST_BROKER" --size 7
  expect_code 0
  expect_in "fake warren-producer-1.2.jar [demo-run, --size, 7] $work/state/demo/warren.yaml" "$OUT"
  expect_in "worker-2 is ready" "$ERR"
  expect_in "worker-2 has stopped" "$ERR"
  [[ ! -e $work/state/demo ]] || problem "the demo has left its state"

  fleet demo --broker "$WARREN_TEST_BROKER" --keep
  expect_code 0
  fleet status
  expect_in "worker-2   ready" "$OUT"
  # One that fails says so, and does nothing to the fleet that is up.
  fleet demo --broker "$WARREN_TEST_BROKER" --fail
  expect_code 1
  fleet status
  expect_in "worker-1   ready" "$OUT"
  fleet demo --keep
  expect_in "a fleet is up already" "$ERR"
  down_again
}

wrongPasswordIsTold() {
  stand_in_release "$work/stand-in"
  fleet up --broker "amqp://nobody:wrong@${WARREN_TEST_BROKER#*@}"
  expect_code 3
  expect_in "refuses the login of user 'nobody'" "$ERR"
  [[ $ERR != *wrong* ]] || problem "the password is in the message"
  fleet up --broker amqp://127.0.0.1:1
  expect_code 3
  expect_in "no AMQP broker answers at 127.0.0.1:1" "$ERR"
  fleet up --broker nonsense
  expect_code 2
  down_again
}

tests=$(all_tests)
if [[ ${WARREN_TEST_BROKER:-} == amqp://* ]]; then
  jdk=$(real_jdk) || exit 1
else
  with_broker='up[A-Z]|aGatewayThatLost|twoFleets|downKills|demoUses|wrongPassword'
  printf 'launcher: no broker given, so without: %s\n' "$(grep -E "^($with_broker)" <<<"$tests" | xargs)"
  tests=$(grep -vE "^($with_broker)" <<<"$tests")
fi

# shellcheck disable=SC2086 # one word per test
run_tests launcher $tests
