# `up`, `down`, `status`, `logs`: a fleet in the background, all of it in one state folder.
# shellcheck shell=bash

# A fleet that is up is what the user means, unless there is a configuration of the user's own: that
# may name quite another broker.
fleet_environment() {
  local configuration
  configuration=$(state_dir)/warren.yaml
  if [[ -f $configuration ]] && ! own_configuration; then
    export WARREN_CONFIG=$configuration
  fi
}

# Sets REPLY to where the user says which broker is meant; fails where that is nowhere.
own_configuration() {
  local variable file
  for variable in WARREN_CONFIG WARREN_URI WARREN_BROKER_URI; do
    REPLY=$variable
    [[ -z ${!variable:-} ]] || return 0
  done
  for file in warren.yaml "${XDG_CONFIG_HOME:-${HOME:-/}/.config}/warren/warren.yaml"; do
    REPLY=$file
    [[ ! -f $file ]] || return 0
  done
  return 1
}

# Runs a program by the file alone: what the environment says of the broker is in it already.
BY_FILE=(env -u WARREN_URI -u WARREN_BROKER_URI -u WARREN_BROKER_USERNAME
  -u WARREN_BROKER_PASSWORD -u WARREN_BROKER_PASSWORD_FILE)

up_usage() {
  cat >&2 <<END
Usage: $WARREN up [OPTIONS] [WORKER OPTIONS]

Starts what is missing of broker, workers and gateway, in the background, and waits until they are
ready. Commands of the same user then find the broker by themselves.

  --broker ROAD    local, docker, node or an amqp:// URI; default: the first that is there
  --workers N      worker programs, each with --processes JVMs (default 1)
  --no-gateway     no gateway
  --gateway-set NAME=VALUE
                   a setting for the tasks of the gateway, as http.allow-private=true; repeatable
  --processes N    JVMs per worker, or MIN..MAX as work waits (default 2)
  --grace TIME     what 'down' leaves running tasks to finish (default 30s)

Anything else goes to the workers, as in: $WARREN up --queues default,cpu --threads 8 --tasks my.jar
State, logs and the login: $(state_dir) (WARREN_STATE)
END
}

# The options of a worker that `up` cares about, in one place. worker_options GIVEN...: sets
# WORKER_OPTIONS to what was given and the defaults for the rest.
worker_options() {
  WORKER_OPTIONS=("$@")
  worker_default --processes 2
  worker_default --grace 30s
  worker_default --log-format text
}

worker_default() {
  local option
  for option in ${WORKER_OPTIONS[@]+"${WORKER_OPTIONS[@]}"}; do
    [[ $option != "$1" && $option != "$1="* ]] || return 0
  done
  WORKER_OPTIONS+=("$1" "$2")
}

# Sets STATE; one `up` or `down` of a state folder at a time.
open_state() {
  STATE=$(state_dir)
  # For what start_process starts.
  # shellcheck disable=SC2034
  USER_UMASK=$(umask)
  umask 077
  mkdir -p "$STATE"
  STATE=$(cd "$STATE" && pwd)
  # What start_part gives the programs to read.
  CONFIGURATION=$STATE/warren.yaml
  exec 9>"$STATE/lock"
  if command -v flock >/dev/null && ! flock -n 9; then
    say "waiting for another command that is busy with $STATE"
    flock -w 120 9 || fail "it is still busy after two minutes."
  fi
}

fleet_names() {
  local record
  for record in "$STATE"/run/*; do
    [[ ! -f $record ]] || printf '%s\n' "${record##*/}"
  done
}

# The programs of which a record is there and which run.
running_names() {
  local name
  for name in $(fleet_names); do
    process_pid "$STATE" "$name"
    [[ -z $REPLY ]] || printf '%s\n' "$name"
  done
}

fleet_up() {
  start_fleet "$@"
  tell_fleet
}

start_fleet() {
  local broker='' workers=1 gateway=yes given=() grace=30s gateway_given=()
  while (($#)); do
    case $1 in
      -h | --help) up_usage && exit ;;
      --no-gateway) gateway='' ;;
      --broker=*) broker=${1#*=} ;;
      --workers=*) workers=${1#*=} ;;
      --gateway-set=*) gateway_given+=(--set "${1#*=}") ;;
      --broker | --workers | --gateway-set)
        (($# > 1)) || fail -2 "$1 needs a value; see '$WARREN up --help'."
        case $1 in
          --broker) broker=$2 ;;
          --workers) workers=$2 ;;
          *) gateway_given+=(--set "$2") ;;
        esac
        shift
        ;;
      --grace) given+=("$1") && grace=${2:-} ;;
      --grace=*) given+=("$1") && grace=${1#*=} ;;
      --health-port* | --health-address-file*) fail -2 "'up' chooses the health ports itself and prints them." ;;
      *) given+=("$1") ;;
    esac
    shift
  done
  [[ $workers =~ ^[0-9]+$ ]] || fail -2 "--workers $workers: expected a number."
  seconds_of "$grace"
  grace=$REPLY
  java_command worker
  open_state
  trap 'exit 130' INT
  get_broker "$broker" "$STATE"
  local http=''
  gateway_port "$gateway"
  http=$REPLY
  write_configuration "$http"
  keep_release
  printf 'grace=%s\n' "$grace" >"$STATE/settings"
  worker_options ${given[@]+"${given[@]}"}
  local index started=() given_ports=''
  for ((index = 1; index <= workers; index++)); do
    start_part "worker-$index" worker $((7710 + index)) \
      --state-dir "$STATE/workers/worker-$index" "${WORKER_OPTIONS[@]}"
  done
  [[ -z $gateway ]] || start_part gateway gateway 7700 --grace "${grace}s" --log-format text \
    --data "$STATE/gateway" --http "127.0.0.1:$http" \
    --gateway-http-address-file "$STATE/http-address" ${gateway_given[@]+"${gateway_given[@]}"}
  local name
  for name in ${started[@]+"${started[@]}"}; do
    if ! await_ready "$STATE" "$name"; then
      stop_processes "$STATE" 1 "${started[@]}"
      fail "the fleet is not up; the broker still runs ('$WARREN down' stops it)."
    fi
    say "$name is ready"
    [[ $name != gateway ]] || believe_gateway "$http"
  done
  verify_fleet
}

# Through the command line, as the user will: what it needs of the broker is there. Whatever comes in
# between (another broker at that address, a node that has forgotten), it shows here and not later.
verify_fleet() {
  local told=$STATE/logs/verify.log
  java_command cli
  if ! "${BY_FILE[@]}" WARREN_CONFIG="$STATE/warren.yaml" "${JAVA_COMMAND[@]}" topology verify \
    --shared >"$told" 2>&1; then
    tail -n 20 "$told" >&2
    broker_logs "$STATE"
    fail "the programs run, but the broker does not have what they use; the lines above are from" \
      "'$WARREN topology verify', the logs are in $STATE/logs${REPLY:+ and $REPLY}." \
      "'$WARREN down' stops it all."
  fi
  rm -f "$told"
}

# start_part NAME ROLE PORT [OPTIONS]: unless it runs; on that port, or the next that is free, or if
# another program is faster than ours, any.
start_part() {
  local name=$1 role=$2 port
  process_pid "$STATE" "$name"
  if [[ -n $REPLY ]]; then
    say "$name runs already (process $REPLY)"
    return
  fi
  rm -f "$STATE/run/$name"
  free_port "$3"
  port=$REPLY
  # A port that was just given out is not answered on yet.
  while [[ " ${given_ports:-} " == *" $port "* ]]; do free_port $((port + 1)) && port=$REPLY; done
  given_ports="${given_ports:-} $port"
  shift 3
  java_command "$role"
  say "starting $name"
  start_process "$STATE" "$name" "${BY_FILE[@]}" WARREN_CONFIG="$CONFIGURATION" \
    "${JAVA_COMMAND[@]}" --health-port "$port" --health-address-file "$STATE/health/$name" "$@"
  started+=("$name")
}

# gateway_port WANTED: sets REPLY to the port of the gateway's HTTP API: the one it has if it runs, one
# that is free if it is to be started, else nothing.
gateway_port() {
  local record=$STATE/http-port
  process_pid "$STATE" gateway
  if [[ -n $REPLY && -f $record ]]; then
    REPLY=$(<"$record")
  elif [[ -n $1 ]]; then
    free_port 8080
    printf '%s\n' "$REPLY" >"$record"
    rm -f "$STATE/http-address"
  else
    rm -f "$record"
    REPLY=''
  fi
}

# believe_gateway PORT: the port that it was given may have gone to another program meanwhile; the
# gateway then took any, and says which.
believe_gateway() {
  local told
  [[ -f $STATE/http-address ]] || return 0
  told=$(<"$STATE/http-address")
  told=${told##*:}
  [[ $told =~ ^[0-9]+$ && $told != "$1" ]] || return 0
  say "port $1 is taken; the HTTP API is at $told"
  printf '%s\n' "$told" >"$STATE/http-port"
  write_configuration "$told"
}

# write_configuration HTTP-PORT: where the commands of this user find broker and gateway. The login
# is in a file of its own, as everywhere.
write_configuration() {
  local record=$STATE/broker.properties management
  management=$(property "$record" management)
  cat >"$STATE/warren.yaml" <<END
# Written by 'warren up', removed by 'warren down'.
broker:
  uri: $(property "$record" uri)
  username: $(yaml_text "$(property "$record" username)")
  password-file: $(yaml_text "$STATE/password")
END
  if [[ -n $management ]]; then
    printf '  management-uri: %s\n' "$management" >>"$STATE/warren.yaml"
  fi
  if [[ -n $1 ]]; then
    printf 'gateway:\n  uri: http://127.0.0.1:%s\n' "$1" >>"$STATE/warren.yaml"
  fi
  chmod 600 "$STATE/warren.yaml"
}

yaml_text() { printf "'%s'" "${1//\'/\'\'}"; }

# The fleet runs from a copy (hard links where that works), so that a build or an installation does
# not take its jars away. Sets RELEASE.
keep_release() {
  local copy=$STATE/release
  if [[ -z $(running_names) || ! -d $copy ]]; then
    rm -rf "$copy"
    # With its times: by them the JVM knows the jars of its startup cache.
    cp -Rlp "$RELEASE" "$copy" 2>/dev/null || { rm -rf "$copy" && cp -Rp "$RELEASE" "$copy"; }
    # Caches that are being made are never finished in the copy.
    rm -rf "$copy"/startup/new.*
  else
    say "what already runs was started from an earlier copy in $copy; 'down' and 'up' renew it"
  fi
  # From here on nothing is built any more.
  # shellcheck disable=SC2034
  CHECKOUT='' RELEASE=$copy
}

# Where to look at the broker and the programs.
tell_addresses() {
  local record=$STATE/broker.properties management watch name port
  printf '  broker      %s\n' "$(property "$record" uri)"
  management=$(property "$record" management)
  watch=$(property "$record" watch)
  if [[ -n $watch && -f $STATE/watch-password ]]; then
    # What is not a terminal is a log, in which no password belongs.
    local where="password in $STATE/watch-password"
    [[ ! -t 1 ]] || where="password: $(<"$STATE/watch-password")"
    printf '  management  %s  (log in as %s, who may only look; %s)\n' "$management" "$watch" "$where"
  elif [[ -n $management ]]; then
    printf '  management  %s  (log in as %s)\n' "$management" "$(property "$record" username)"
  fi
  if [[ -f $STATE/http-port ]]; then
    printf '  HTTP API    http://127.0.0.1:%s/v1/batches and so on; described at /openapi.json\n' \
      "$(<"$STATE/http-port")"
  fi
  for name in $(running_names); do
    health_port "$STATE" "$name"
    printf '  %-10s  http://127.0.0.1:%s/health/ready and /metrics\n' "$name" "$REPLY"
  done
}

tell_fleet() {
  printf '\nThe fleet is up.\n\n'
  tell_addresses
  cat <<END

Try:  $WARREN submit echo '{"message":"hello"}' --wait
Logs: $WARREN logs -f     State: $WARREN status     Stop: $WARREN down
END
  if own_configuration; then
    say "note: commands follow $REPLY, not this fleet; WARREN_CONFIG=$STATE/warren.yaml names it"
  fi
}

fleet_down() {
  local purge='' names=() grace
  while (($#)); do
    case $1 in
      --purge) purge=yes ;;
      *)
        cat >&2 <<END
Usage: $WARREN down [--purge]

Stops what 'up' has started: gateway and workers first, which finish their running tasks within
their grace or return them, the broker last. Queues and tasks are kept for the next 'up'.

  --purge   also removes the broker's data, the logs and the logins
END
        [[ $1 == -h || $1 == --help ]] && return
        return 2
        ;;
    esac
    shift
  done
  open_state
  mapfile -t names < <(fleet_names)
  if ((${#names[@]} == 0)) && [[ ! -f $STATE/broker.properties ]]; then
    say "nothing is up (state: $STATE)"
    return
  fi
  grace=$(property "$STATE/settings" grace)
  if ((${#names[@]})); then
    say "stopping ${names[*]}"
    stop_processes "$STATE" "${grace:-30}" "${names[@]}"
  fi
  if [[ -n $purge ]]; then
    [[ -f $STATE/broker.properties ]] && purge_broker "$STATE"
    rm -rf "$STATE"/{logs,run,health,workers,gateway}
  elif [[ -f $STATE/broker.properties ]]; then
    stop_broker "$STATE"
  fi
  rm -rf "$STATE"/{warren.yaml,settings,release,http-port,http-address}
}

fleet_status() {
  if (($#)); then
    printf "Usage: %s status\n\nWhat runs of the fleet; exit code 1 unless all that 'up' started does.\n" "$WARREN" >&2
    [[ $1 == -h || $1 == --help ]] && return
    return 2
  fi
  STATE=$(state_dir)
  local record=$STATE/broker.properties condition code=0
  if [[ ! -f $record ]]; then
    say "nothing is up (state: $STATE); '$WARREN up' starts a fleet"
    return 1
  fi
  condition=running
  if ! broker_answers "$STATE"; then
    condition=stopped
    code=1
  fi
  printf '%-10s %-10s %s%s\n' broker "$condition" "$(broker_note "$record")" \
    "$(management_note "$record")"
  programs_status || code=1
  [[ -n $(fleet_names) ]] || code=1
  return "$code"
}

# A line for each program that was started; fails unless all of them are ready.
programs_status() {
  local name port condition code=0 since pid
  for name in $(fleet_names); do
    since=$(property "$STATE/run/$name" since)
    process_pid "$STATE" "$name"
    if [[ -z $REPLY ]]; then
      printf '%-10s %-10s see %s\n' "$name" ended "$STATE/logs/$name.log"
      code=1
      continue
    fi
    pid=$REPLY
    health_port "$STATE" "$name"
    port=$REPLY
    health_status "$STATE" "$name"
    condition='not ready'
    [[ $REPLY == 200 ]] && condition=ready || code=1
    printf '%-10s %-10s process %s, up %s%s\n' "$name" \
      "$condition" "$pid" "$(uptime_of $(($(date +%s) - since)))" \
      "${port:+, http://127.0.0.1:$port/health/ready}"
  done
  return "$code"
}

# Who the broker is: its process or container, and its address.
broker_note() {
  local uri pid
  uri=$(property "$1" uri)
  case $(property "$1" road) in
    node)
      pid=$(property "$STATE/broker/node.properties" pid)
      printf '%s%s' "${pid:+process $pid, }" "$uri"
      ;;
    docker) printf 'container %s, %s' "$(property "$1" container)" "$uri" ;;
    *) printf '%s (not started here)' "$uri" ;;
  esac
}

management_note() {
  local management
  management=$(property "$1" management)
  [[ -z $management ]] || printf ', management %s' "$management"
}

fleet_logs() {
  local follow=() part='' files=() file
  while (($#)); do
    case $1 in
      -f | --follow) follow=(-F) ;;
      worker* | gateway | broker) part=$1 ;;
      *)
        printf 'Usage: %s logs [-f] [worker|gateway|broker]\n' "$WARREN" >&2
        [[ $1 == -h || $1 == --help ]] && return
        return 2
        ;;
    esac
    shift
  done
  STATE=$(state_dir)
  if [[ $part == broker && $(property "$STATE/broker.properties" road) == docker ]]; then
    exec docker logs ${follow[@]+--follow} --tail 50 "$(property "$STATE/broker.properties" container)"
  fi
  for file in "$STATE"/logs/*.log "$STATE"/broker/log/node.log; do
    case $file in
      */broker/log/node.log) [[ -z $part || $part == broker ]] || continue ;;
      *) [[ -z $part || ${file##*/} == "$part"* ]] || continue ;;
    esac
    [[ ! -f $file ]] || files+=("$file")
  done
  ((${#files[@]})) || fail "no logs${part:+ of $part} in $STATE; is a fleet up ('$WARREN status')?"
  exec tail -n 50 ${follow[@]+"${follow[@]}"} "${files[@]}"
}
