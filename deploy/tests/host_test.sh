#!/usr/bin/env bash
#
# Tests of the scripts that run workers and a gateway on a host, with stand-in programs in a release
# as `warren install` makes it. Needs a JDK and no broker.

set -uo pipefail

# shellcheck source=deploy/tests/harness.sh
source "${BASH_SOURCE[0]%/*}/harness.sh"
trap 'host stop >/dev/null 2>&1; rm -rf "$work"' EXIT
jdk=$(real_jdk) || exit 1
home=$work/fleet

# host WORD [ARGUMENT...]: as a user would say it, from the release `old` unless FROM says another.
host() { run clean JAVA_HOME="$jdk" WARREN_HOME="$home" "$work/${FROM:-old}/scripts/$1" "${@:2}"; }

# fresh_home: nothing runs, nothing is remembered, one worker and a gateway are wanted.
fresh_home() {
  [[ -d $work/old ]] || stand_in_release "$work/old"
  [[ ! -d $home ]] || host stop
  rm -rf "$home"
  mkdir -p "$home"
  echo 'broker.uri: amqp://nowhere' >"$home/warren.yaml"
  printf '%s\n' workers=1 gateway=1 grace=1s >"$home/fleet.properties"
}

pid_of() { sed -n 's/^pid=//p' "$home/state/run/$1"; }
log_of() { cat "$home/state/logs/$1.log"; }

startStartsWhatIsMissingAndOnlyThat() {
  fresh_home
  host start
  expect_code 0
  expect_in "worker-1 is ready" "$ERR"
  expect_in "gateway is ready" "$ERR"
  expect_in "--grace, 1s" "$(log_of worker-1)"
  expect_in "--state-dir, $home/state/workers/worker-1" "$(log_of worker-1)"
  expect_in "$home/warren.yaml" "$(log_of gateway)"
  expect_in "--data, $home/state/gateway" "$(log_of gateway)"
  local worker gateway
  worker=$(pid_of worker-1) gateway=$(pid_of gateway)
  host start
  expect_code 0
  expect_same "$worker" "$(pid_of worker-1)"
  kill -KILL "$gateway"
  host status
  expect_code 1
  expect_in "gateway    ended" "$OUT"
  host start
  expect_code 0
  expect_same "$worker" "$(pid_of worker-1)"
  host status
  expect_code 0
  expect_in "gateway    ready" "$OUT"
}

stopEndsAllOfItAndCanBeSaidAgain() {
  fresh_home
  host start
  local worker gateway
  worker=$(pid_of worker-1) gateway=$(pid_of gateway)
  host stop worker
  expect_code 0
  expect_ended "$worker"
  host status
  expect_code 1
  expect_in "worker-1   stopped" "$OUT"
  expect_in "gateway    ready" "$OUT"
  host stop
  expect_ended "$gateway"
  host stop
  expect_code 0
  expect_in "nothing to stop" "$ERR"
}

scaleStartsAndStopsTheDifference() {
  fresh_home
  host start
  local first third
  first=$(pid_of worker-1)
  host scale worker 3
  expect_code 0
  expect_in "worker-3 is ready" "$ERR"
  expect_same "$first" "$(pid_of worker-1)"
  expect_in "workers=3" "$(cat "$home/fleet.properties")"
  third=$(pid_of worker-3)
  host scale worker 1
  expect_code 0
  expect_ended "$third"
  expect_same "gateway worker-1" "$(cd "$home/state/run" && echo *)"
  host scale gateway 0
  expect_same "worker-1" "$(cd "$home/state/run" && echo *)"
  host scale gateway 2
  expect_code 2
  expect_in "one gateway or none" "$ERR"
  # A stopped fleet stays the size it was given.
  host stop
  host start
  expect_same "worker-1" "$(cd "$home/state/run" && echo *)"
}

restartMovesOneAfterTheOtherToTheReleaseOfTheScript() {
  fresh_home
  host start
  local worker
  worker=$(pid_of worker-1)
  rm -rf "$work/new"
  cp -R "$work/old" "$work/new"
  FROM=new host restart
  expect_code 0
  expect_ended "$worker"
  expect_in "$work/new/lib/" "$(tr '\0' ' ' <"/proc/$(pid_of worker-1)/cmdline")"
  expect_in "$work/new/lib/" "$(tr '\0' ' ' <"/proc/$(pid_of gateway)/cmdline")"
}

whatDoesNotGetReadyIsToldAndTheOthersAreLeftAlone() {
  fresh_home
  host start worker
  local worker
  worker=$(pid_of worker-1)
  : >"$work/broken"
  rm -rf "$work/new"
  cp -R "$work/old" "$work/new"
  rm "$work"/new/lib/warren-async-gateway-*.jar
  "$jdk/bin/jar" -c -f "$work/new/lib/warren-async-gateway-1.2.jar" -C "$work" broken
  FROM=new host restart
  expect_code 1
  expect_in "gateway has ended before it was ready" "$ERR"
  expect_same "$worker" "$(pid_of worker-1)"
}

usageIsExplained() {
  fresh_home
  host start wroker
  expect_code 2
  expect_in "no 'wroker' here" "$ERR"
  host scale worker many
  expect_code 2
  host start --hom x
  expect_code 2
  rm "$home/warren.yaml"
  host start
  expect_code 2
  expect_in "warren.yaml; it needs at least" "$ERR"
  run clean "$work/old/scripts/status" --home "$work/nowhere"
  expect_code 2
  expect_in "there is no folder" "$ERR"
  run clean "$root/deploy/scripts/start"
  expect_code 2
  expect_in "is not an installed release" "$ERR"
  run clean "$work/old/scripts/scale" --help
  expect_code 0
  expect_in "--home DIR" "$ERR"
}

# shellcheck disable=SC2046 # one word per test
run_tests host $(all_tests)
