# `warren demo`: a fleet, real work on it, and everything stopped again.
# shellcheck shell=bash

demo_usage() {
  cat >&2 <<END
Usage: $WARREN demo [--broker ROAD] [--keep] [DEMO OPTIONS]
       $WARREN demo lanes [--broker ROAD] [--size PERCENT] [--json] [--svg FILE]

Gets a broker, starts two worker JVMs and a gateway, does real work on them in one batch (word counts,
digests, thumbnails of files of this machine; sleeps; requests to slow pages of its own), prints a
table from the gateway's API and where to look, and stops everything again.

  --broker ROAD  local, docker, node or an amqp:// URI; default: the first that is there
  --keep         leaves the fleet running, as 'up' would; '$WARREN down' stops it

Its workers may read every file that you may, and its gateway may ask addresses of this machine. Anything else goes to the demo itself: --size PERCENT,
--output json.

'demo lanes' does the same work in each lane (threads, virtual threads, child processes, Python, event
loops), and shows time, processor time, memory, and what becomes of a lane when a task does not end.
END
}

demo() {
  if [[ ${1:-} == lanes ]]; then
    shift
    demo_lanes "$@"
    return
  fi
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

# The lanes side by side, on a broker of its own unless told otherwise.
demo_lanes() {
  local road='' given=() code=0
  while (($#)); do
    case $1 in
      --broker=*) road=${1#*=} ;;
      --broker)
        (($# > 1)) || fail -2 "--broker needs a value; see '$WARREN demo --help'."
        road=$2
        shift
        ;;
      -h | --help) demo_usage && return ;;
      *) given+=("$1") ;;
    esac
    shift
  done
  java_command bench
  local jars=("$RELEASE"/lib/warren-bench-*.jar)
  WARREN_STATE=$(state_dir)/demo-lanes
  export WARREN_STATE
  # What a killed one has left.
  [[ ! -f $WARREN_STATE/broker.properties ]] || (fleet_down --purge)
  open_state
  trap demo_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [[ -z $road ]]; then
    road=node
    rabbitmq_installed || ! docker_answers || road=docker
  fi
  get_broker "$road" "$STATE"
  write_configuration ''
  "${BY_FILE[@]}" WARREN_CONFIG="$CONFIGURATION" "$JAVA_FOUND/bin/java" "${JVM_FLAGS[@]}" \
    -cp "${jars[0]}" dev.warren.bench.lane.LanesMain --broker configured \
    ${given[@]+"${given[@]}"} || code=$?
  return "$code"
}
