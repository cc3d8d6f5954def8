#!/usr/bin/env bash
#
# Installs Debian's rabbitmq-server without starting its service, now or at boot: Warren runs
# private nodes of it. Runs as root.

set -euo pipefail

guard=/usr/sbin/policy-rc.d
kept=''

# Debian's way to say that a package must not start its service: policy-rc.d answers 101. The
# machine's own one is put back afterwards.
put_back() {
  rm -f "$guard"
  [[ -z $kept ]] || mv -f "$kept" "$guard"
}

if [[ -e $guard || -L $guard ]]; then
  kept=$guard.warren.$$
  mv "$guard" "$kept"
fi
trap put_back EXIT
printf '#!/bin/sh\nexit 101\n' >"$guard"
chmod 755 "$guard"

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'put_back; rm -f "$log"' EXIT
# The package lists of a new machine are empty or old; an update that fails may still do.
apt-get update -q >"$log" 2>&1 || tail -n 5 "$log"
if ! apt-get install -y -q --no-install-recommends rabbitmq-server >"$log" 2>&1; then
  tail -n 20 "$log"
  exit 1
fi
# Also not at the next boot.
if command -v systemctl >/dev/null; then
  systemctl disable rabbitmq-server >/dev/null 2>&1 || true
fi
