#!/usr/bin/env bash
#
# Renders the Kustomize folders with kubectl, with secrets made for it. What the objects say is
# checked by the module deploy/checks; here is checked that kubectl can read them.

set -uo pipefail

# shellcheck source=deploy/tests/harness.sh
source "${BASH_SOURCE[0]%/*}/harness.sh"
trap 'rm -rf "$work"' EXIT
cp -R "$root/deploy/kubernetes" "$work/kubernetes"
local_overlay=$work/kubernetes/overlays/local

makeSecretsMakesWhatIsMissingAndKeepsTheRest() {
  rm -rf "$local_overlay/secrets"
  run "$root/deploy/scripts/make-secrets" "$local_overlay/secrets"
  expect_code 0
  expect_same 700 "$(stat -c %a "$local_overlay/secrets")"
  local users worker
  users=$(<"$local_overlay/secrets/broker/2-users.json") worker=$(<"$local_overlay/secrets/worker")
  [[ $users != *"$worker"* ]] || problem "a password in the definitions"
  [[ $worker != "$(<"$local_overlay/secrets/gateway")" ]] || problem "two parts have one password"
  rm "$local_overlay/secrets/gateway"
  run "$root/deploy/scripts/make-secrets" "$local_overlay/secrets"
  expect_same "$worker" "$(<"$local_overlay/secrets/worker")"
  expect_same "$users" "$(<"$local_overlay/secrets/broker/2-users.json")"
  [[ -s $local_overlay/secrets/gateway ]] || problem "no new password for the gateway"
  run "$root/deploy/scripts/make-secrets"
  expect_code 2
}

theLocalOverlayRenders() {
  run kubectl kustomize "$local_overlay"
  expect_code 0
  local kind
  for kind in Deployment StatefulSet Service ConfigMap Secret PodDisruptionBudget NetworkPolicy \
    ScaledObject TriggerAuthentication Namespace; do
    expect_in "kind: $kind" "$OUT"
  done
  expect_in "image: warren:latest" "$OUT"
  # The names of generated secrets end in a hash, and so must those that mount them.
  [[ $OUT =~ secretName:\ warren-worker-[a-z0-9]+ ]] || problem "the worker's secret is not found"
  # KEDA counts the workers, not we.
  local deployment=${OUT#*kind: Deployment}
  [[ ${deployment%%---*} != *replicas:* ]] || problem "the deployment has a number of replicas"
}

theBaseRenders() {
  run kubectl kustomize "$work/kubernetes/base"
  expect_code 0
  expect_in "replicas: 2" "$OUT"
}

tests=$(all_tests)
if ! command -v kubectl >/dev/null; then
  printf 'kubernetes: no kubectl here, so nothing is rendered\n'
  tests=$(grep -v Renders <<<"$tests")
fi
# shellcheck disable=SC2086 # one word per test
run_tests kubernetes $tests
