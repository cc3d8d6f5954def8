#!/usr/bin/env bash
#
# Tests of what installs the programs that Warren is measured beside, with stand-ins for the package
# managers: `bash deploy/tests/peers_test.sh`.

set -uo pipefail

# shellcheck source=deploy/tests/harness.sh
source "${BASH_SOURCE[0]%/*}/harness.sh"
trap 'rm -rf "$work"' EXIT

# A copy of the programs, and an npm and a node that note that they were called.
cp -R "$root/bench/peers" "$work/peers"
mkdir -p "$work/tools"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$*" >>"%s/npm.log"\n' "$work" >"$work/tools/npm"
printf '#!/bin/sh\necho 1.0\n' >"$work/tools/node"
chmod +x "$work"/tools/*

install_node() {
  run clean PATH="$work/tools:$PATH" bash "$work/peers/install.sh" "$work/$1" node-amqp
  expect_code 0
}
times_installed() { grep -c "prefix $work/$1/" "$work/npm.log"; }

whatIsInstalledIsInstalledAgainOnlyWhenItsProgramsHaveChanged() {
  install_node once
  expect_in "amqplib 1.0" "$(<"$work/once/node-amqp/versions")"
  install_node once
  expect_same 1 "$(times_installed once)"
  echo "// changed" >>"$work/peers/node-amqp/publish.js"
  install_node once
  expect_same 2 "$(times_installed once)"
  expect_in "// changed" "$(<"$work/once/node-amqp/publish.js")"
}

severalThatInstallAtOnceDoItOnce() {
  local pids=() pid
  for _ in 1 2 3; do
    clean PATH="$work/tools:$PATH" bash "$work/peers/install.sh" "$work/several" node-amqp \
      2>"$work/several.err" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || problem "one of them failed: $(<"$work/several.err")"
  done
  expect_same 1 "$(times_installed several)"
}

rootLendsPostgreSqlAnAccountThatThereIs() {
  # shellcheck disable=SC2016 # that is for the stand-in
  printf '#!/bin/sh\n[ "$1" = nobody ]\n' >"$work/tools/id"
  chmod +x "$work/tools/id"
  # shellcheck disable=SC2016 # that is for bash
  local account='PATH=%q:$PATH; . %q; postgres_account'
  # shellcheck disable=SC2059
  run bash -c "$(printf "$account" "$work/tools" "$work/peers/postgres.sh")"
  expect_same nobody "$OUT"
  printf '#!/bin/sh\nfalse\n' >"$work/tools/id"
  # shellcheck disable=SC2059
  run bash -c "$(printf "$account" "$work/tools" "$work/peers/postgres.sh")"
  expect_code 1
  expect_in "does not run as root" "$ERR"
}

# shellcheck disable=SC2046 # one word per test
run_tests peers $(all_tests)
