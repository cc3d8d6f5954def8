# `warren demo`: a fleet, real work on it, and everything stopped again.
# shellcheck shell=bash

demo_usage() {
  cat >&2 <<END
Usage: $WARREN demo [--broker ROAD] [--keep] [DEMO OPTIONS]

Gets a broker, starts two worker JVMs and a gateway, does real work on them in one batch (word counts,
digests, thumbnails of files of this machine; sleeps; requests to slow pages of its own), prints a
table from the gateway's API and where to look, and stops everything again.

  --broker ROAD  local, docker, node or an amqp:// URI; default: the first that is there
  --keep         leaves the fleet running, as 'up' would; '$WARREN down' stops it

Its workers may read every file that you may, and its gateway may ask addresses of this machine. Anything else goes to the demo itself: --size PERCENT,
--output json.
END
}

demo() {
  local broker=() keep='' given=()
  while (($#)); do
    case $1 in
      -h | --help) demo_usage && return ;;
      --keep) keep=yes ;;
      --broker=*) broker=("$1") ;;
      --broker)
        (($# > 1)) || fail -2 "--broker needs a value; see '$WARREN demo --help'."
        broker=("$1" "$2")
        shift
        ;;
      *) given+=("$1") ;;
    esac
    shift
  done
  find_java
  ensure_built
  STATE=$(state_dir)
  if [[ -z $keep ]]; then
    # Beside whatever `up` has there, with a private broker of its own, so that all of it can go.
    STATE=$STATE/demo
    export WARREN_STATE=$STATE
    # What a killed demo has left.
    [[ ! -f $STATE/broker.properties ]] || (fleet_down --purge)
    trap demo_end EXIT
  elif [[ -n $(running_names) ]]; then
    fail "a fleet is up already ('$WARREN status'); demo without --keep runs beside it."
  fi
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # One supervisor with two JVMs would do as well; two workers show up as two in every list.
  start_fleet ${broker[@]+"${broker[@]}"} --workers 2 --processes 1 \
    --gateway-set http.allow-private=true --files-root /
  say "to look at while it works:"
  tell_addresses >&2
  local code=0
  java_command cli
  "${BY_FILE[@]}" WARREN_CONFIG="$STATE/warren.yaml" "${JAVA_COMMAND[@]}" demo-run \
    ${given[@]+"${given[@]}"} || code=$?
  if [[ -n $keep ]]; then
    say "the fleet still runs: '$WARREN status' shows where, '$WARREN down' stops it"
  fi
  return "$code"
}

demo_end() {
  local code=$?
  trap '' INT TERM
  # start_fleet holds the lock of the state folder in this process.
  exec 9>&-
  fleet_down --purge || true
  rm -rf "$STATE"
  exit "$code"
}
