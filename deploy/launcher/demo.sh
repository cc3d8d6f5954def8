# `warren demo`: a fleet, real work on it, and everything stopped again.
# shellcheck shell=bash

demo_usage() {
  cat >&2 <<END
Usage: $WARREN demo [--broker ROAD] [--keep] [DEMO OPTIONS]

Gets a broker, starts two worker JVMs, does real work on them (word counts, digests, thumbnails of
files of this machine), prints a table and where to look, and stops everything again.

  --broker ROAD  local, docker, node or an amqp:// URI; default: the first that is there
  --keep         leaves the fleet running; '$WARREN down' stops it

Anything else goes to the demo itself. A fleet that is up already is used as it is.
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
  java_command cli
  STATE=$(state_dir)
  if [[ -n $(running_names) ]]; then
    say "using the fleet that is up (state: $STATE)"
    keep=yes
  else
    # What a broker of an earlier `up` holds is not ours to remove.
    DEMO_END=--purge
    [[ ! -f $STATE/broker.properties ]] || DEMO_END=''
    [[ -n $keep ]] || trap demo_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # One supervisor with two JVMs would do as well; two workers show up as two in every list.
    fleet_up ${broker[@]+"${broker[@]}"} --workers 2 --processes 1 --no-gateway --files-root / >&2
  fi
  local code=0
  "${BY_FILE[@]}" WARREN_CONFIG="$STATE/warren.yaml" "${JAVA_COMMAND[@]}" demo-run \
    ${given[@]+"${given[@]}"} || code=$?
  if [[ -n $keep ]]; then
    say "the fleet is left running: '$WARREN status', '$WARREN down'"
  fi
  return "$code"
}

demo_end() {
  local code=$?
  trap '' INT TERM
  # fleet_up holds the lock of the state folder in this process.
  exec 9>&-
  fleet_down ${DEMO_END:+"$DEMO_END"} || true
  exit "$code"
}
