# Workers and a gateway on one host, without a service manager. The other files of this folder are
# the words; the work is done here and by the files of the launcher.
# shellcheck shell=bash

((BASH_VERSINFO[0] >= 4)) || {
  echo "warren: needs bash 4 or newer, this is $BASH_VERSION." >&2
  exit 2
}

RELEASE=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
SCRIPTS=$RELEASE/launcher
# What the launcher's files build on. There are no sources here, so nothing is ever built.
# shellcheck disable=SC2034
CHECKOUT='' WARREN=$RELEASE/bin/warren
# shellcheck source=deploy/launcher/main.sh
source "$SCRIPTS/main.sh"
[[ -d $RELEASE/lib ]] || fail -2 "$RELEASE is not an installed release; make one with" \
  "'./warren install DIR' and use DIR/scripts."
use java build broker process fleet

host_usage() {
  cat >&2 <<'END'
Workers and a gateway on one host, without a service manager. All words can be said again.

  start  [worker|gateway|NAME]...   starts what is missing and waits until it is ready
  stop   [worker|gateway|NAME]...   stops in order: running tasks get their grace
  restart [worker|gateway|NAME]...  one after the other, from the release of this script
  scale  worker N | gateway 0|1     from now on so many; starts or stops the difference
  status                            what runs; exit code 1 unless all that should does

  --home DIR   the folder of this fleet; default $WARREN_HOME, else /srv/warren

In that folder: warren.yaml, the settings of all programs, is yours. fleet.properties says how many
there are to be. state/run, state/logs, state/workers and state/gateway belong to these scripts.
END
}

# open_home ARGUMENT...: takes --home out of the arguments and leaves the others in WORDS; reads
# what is to run.
open_home() {
  local home=${WARREN_HOME:-/srv/warren}
  WORDS=()
  while (($#)); do
    case $1 in
      -h | --help) host_usage && exit 0 ;;
      --home)
        (($# > 1)) || fail -2 "--home needs a folder."
        home=$2
        shift
        ;;
      --home=*) home=${1#*=} ;;
      -*) fail -2 "unknown option $1; --help tells more." ;;
      *) WORDS+=("$1") ;;
    esac
    shift
  done
  [[ -d $home ]] || fail -2 "there is no folder $home: make it, with a warren.yaml in it, or give" \
    "--home DIR."
  home=$(cd "$home" && pwd)
  SETTINGS=$home/warren.yaml
  FLEET=$home/fleet.properties
  # Read by the launcher's functions.
  # shellcheck disable=SC2034
  WARREN_STATE=$home/state
  [[ -r $SETTINGS ]] || fail -2 "there is no readable $SETTINGS; it needs at least" \
    "broker.uri, broker.username and broker.password-file."
  read_fleet
}

# One word at a time in a home.
lock_home() {
  open_state
  # shellcheck disable=SC2034
  CONFIGURATION=$SETTINGS
}

# Sets WORKERS, GATEWAYS and GRACE (seconds).
read_fleet() {
  WORKERS=$(property "$FLEET" workers) GATEWAYS=$(property "$FLEET" gateway)
  GRACE=$(property "$FLEET" grace)
  WORKERS=${WORKERS:-2} GATEWAYS=${GATEWAYS:-1}
  [[ $WORKERS =~ ^[0-9]{1,3}$ ]] || fail -2 "$FLEET: workers=$WORKERS is no number up to 999."
  # One aggregator on its embedded store.
  [[ $GATEWAYS == [01] ]] || fail -2 "$FLEET: gateway=$GATEWAYS; a host has one gateway or none."
  seconds_of "${GRACE:-30s}"
  GRACE=$REPLY
}

write_fleet() {
  printf '%s\n' "# How many programs this host runs. Written by 'scale'; edit it and say 'start'." \
    "workers=$WORKERS" "gateway=$GATEWAYS" \
    '# What running tasks get to finish when a program is stopped.' "grace=${GRACE}s" >"$FLEET.new"
  mv "$FLEET.new" "$FLEET"
}

# wanted_names [WORD...]: sets NAMES to the programs that are to run, the gateway first, or those of
# them that the words mean.
wanted_names() {
  local index all=()
  ((GATEWAYS == 0)) || all=(gateway)
  for ((index = 1; index <= WORKERS; index++)); do all+=("worker-$index"); done
  select_names "$@" -- ${all[@]+"${all[@]}"}
}

# select_names WORD... -- NAME...: sets NAMES to the names that a word means; all without a word.
select_names() {
  local words=() word name known
  while [[ $1 != -- ]]; do words+=("$1") && shift; done
  shift
  NAMES=()
  for word in ${words[@]+"${words[@]}"}; do
    known=''
    [[ $word != worker && $word != gateway ]] || known=yes
    for name in "$@"; do [[ $name != "$word" ]] || known=yes; done
    [[ -n $known ]] || fail -2 "no '$word' here; expected worker, gateway or one of: $*"
  done
  for name in "$@"; do
    known=''
    ((${#words[@]})) || known=yes
    for word in ${words[@]+"${words[@]}"}; do
      [[ $name != "$word" && $name != "$word"-* ]] || known=yes
    done
    [[ -z $known ]] || NAMES+=("$name")
  done
}

# start_names NAME...: starts those that do not run, and waits for them. What is not ready in time
# is left running: the broker may come later.
start_names() {
  # shellcheck disable=SC2034 # of start_part
  local name code=0 started=() given_ports=''
  for name in "$@"; do
    if [[ $name == gateway ]]; then
      # Of this home alone: a store has one gateway.
      start_part gateway gateway 7700 --grace "${GRACE}s" --data "$STATE/gateway"
    else
      start_part "$name" worker $((7710 + ${name#worker-})) --grace "${GRACE}s" \
        --state-dir "$STATE/workers/$name"
    fi
  done
  for name in ${started[@]+"${started[@]}"}; do
    if await_ready "$STATE" "$name"; then say "$name is ready"; else code=1; fi
  done
  return "$code"
}

host_start() {
  open_home "$@"
  lock_home
  [[ -f $FLEET ]] || write_fleet
  wanted_names ${WORDS[@]+"${WORDS[@]}"}
  ((${#NAMES[@]})) || say "nothing to start: there are to be $WORKERS workers, $GATEWAYS gateway"
  start_names ${NAMES[@]+"${NAMES[@]}"}
}

host_stop() {
  open_home "$@"
  lock_home
  local there
  mapfile -t there < <(fleet_names)
  select_names ${WORDS[@]+"${WORDS[@]}"} -- ${there[@]+"${there[@]}"}
  if ((${#NAMES[@]} == 0)); then
    say "nothing to stop ($STATE)"
    return
  fi
  say "stopping ${NAMES[*]}"
  stop_processes "$STATE" "$GRACE" "${NAMES[@]}"
}

host_restart() {
  open_home "$@"
  lock_home
  local name
  wanted_names ${WORDS[@]+"${WORDS[@]}"}
  for name in ${NAMES[@]+"${NAMES[@]}"}; do
    stop_processes "$STATE" "$GRACE" "$name"
    start_names "$name" || fail "stopped here: $name is not ready, the ones after it still run as" \
      "they did. The 'restart' of the earlier release takes it back."
  done
}

host_scale() {
  open_home "$@"
  ((${#WORDS[@]} == 2)) || fail -2 "expected 'scale worker N' or 'scale gateway 0|1'."
  local count=${WORDS[1]} there name surplus=()
  case ${WORDS[0]} in
    worker)
      [[ $count =~ ^[0-9]{1,3}$ ]] || fail -2 "'$count' is no number of workers up to 999."
      WORKERS=$((10#$count))
      ;;
    gateway)
      [[ $count == [01] ]] || fail -2 "a host has one gateway or none, not '$count'."
      GATEWAYS=$count
      ;;
    *) fail -2 "there is no '${WORDS[0]}' to scale; expected worker or gateway." ;;
  esac
  lock_home
  write_fleet
  wanted_names
  mapfile -t there < <(fleet_names)
  for name in ${there[@]+"${there[@]}"}; do
    [[ " ${NAMES[*]} " == *" $name "* ]] || surplus+=("$name")
  done
  if ((${#surplus[@]})); then
    say "stopping ${surplus[*]}"
    stop_processes "$STATE" "$GRACE" "${surplus[@]}"
  fi
  say "from now on $WORKERS workers, $GATEWAYS gateway"
  wanted_names "${WORDS[0]}"
  start_names ${NAMES[@]+"${NAMES[@]}"}
}

host_status() {
  open_home "$@"
  ((${#WORDS[@]} == 0)) || fail -2 "'status' takes no words."
  STATE=$(state_dir)
  local code=0 name
  programs_status || code=1
  wanted_names
  for name in ${NAMES[@]+"${NAMES[@]}"}; do
    if [[ ! -f $STATE/run/$name ]]; then
      printf '%-10s %-10s\n' "$name" stopped
      code=1
    fi
  done
  return "$code"
}
