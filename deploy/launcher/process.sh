# Programs in the background: started, known again, stopped.
# shellcheck shell=bash

# A record per program, $STATE/run/NAME: pid, start (when the system says that process began, so
# that a pid which now belongs to somebody else is never taken for ours), since. Beside it, in
# $STATE/health/NAME, the program writes where it serves its health.

# Prints when a process began, in whatever words the system has; nothing when there is none.
process_start() {
  local stat
  if [[ -r /proc/self/stat ]]; then
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # The command's name, in brackets, may hold anything; the numbers follow the last bracket.
    read -ra stat <<<"${stat##*) }"
    # A zombie has ended.
    [[ ${stat[0]} == Z ]] || printf '%s' "${stat[19]}"
  else
    ps -o lstart= -p "$1" 2>/dev/null || true
  fi
}

# process_pid STATE NAME: sets REPLY to its pid if it still runs, else to nothing.
process_pid() {
  local record=$1/run/$2
  REPLY=''
  [[ -f $record ]] || return 0
  local pid start
  pid=$(property "$record" pid)
  start=$(process_start "$pid")
  if [[ -n $start && $start == "$(property "$record" start)" ]]; then REPLY=$pid; fi
}

# start_process STATE NAME COMMAND...: in a session of its own, output into logs/NAME.log.
start_process() {
  local state=$1 name=$2 log=$1/logs/$2.log leave=nohup
  shift 2
  mkdir -p "$state/run" "$state/logs" "$state/health"
  rm -f "$state/health/$name"
  [[ ! -s $log ]] || mv "$log" "$log.old"
  ! command -v setsid >/dev/null || leave=setsid
  {
    # What a task writes is the user's affair, not as secret as our state.
    umask "$USER_UMASK"
    exec "$leave" "$@" 7>&- 8>&- 9>&-
    # Appended to, so that the file may be cut to nothing while the program writes.
  } </dev/null >>"$log" 2>&1 &
  local pid=$!
  printf '%s\n' "pid=$pid" "start=$(process_start "$pid")" "since=$(date +%s)" \
    >"$state/run/$name"
}

# health_port STATE NAME: sets REPLY to the port on which the program says that it serves its health,
# or to nothing. Only the program itself knows: what was free when we looked may have gone to another.
health_port() {
  REPLY=''
  [[ -f $1/health/$2 ]] || return 0
  REPLY=$(<"$1/health/$2")
  REPLY=${REPLY##*:}
  [[ $REPLY =~ ^[0-9]+$ ]] || REPLY=''
}

# health_host STATE NAME: sets REPLY to the address that its health is served on, as seen from here.
health_host() {
  REPLY=$(<"$1/health/$2")
  REPLY=${REPLY#http://} REPLY=${REPLY%:*} REPLY=${REPLY#[} REPLY=${REPLY%]}
  case $REPLY in
    0.0.0.0 | :: | 0:0:0:0:0:0:0:0) REPLY=127.0.0.1 ;; # On all of them.
  esac
}

# health_status STATE NAME: sets REPLY to the status code of its readiness, or to nothing. It is told
# without the token, where one is set.
health_status() {
  local port
  health_port "$1" "$2"
  port=$REPLY
  [[ -n $port ]] || return 0
  health_host "$1" "$2"
  http_status "$port" /health/ready "$REPLY"
}

# http_status PORT PATH [HOST]: sets REPLY to the status code, or to nothing.
http_status() {
  local line='' fd host=${3:-127.0.0.1}
  REPLY=''
  { exec {fd}<>"/dev/tcp/$host/$1"; } 2>/dev/null || return 0
  printf 'GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&"$fd"
  IFS= read -r -t 3 -u "$fd" line || true
  exec {fd}>&-
  [[ $line =~ ^HTTP/[0-9.]+\ ([0-9]+) ]] && REPLY=${BASH_REMATCH[1]}
  return 0
}

# await_ready STATE NAME: until it runs and says so; shows its log when it ends before.
await_ready() {
  local state=$1 name=$2 status deadline=$((SECONDS + 60))
  while :; do
    health_status "$state" "$name"
    status=$REPLY
    process_pid "$state" "$name"
    [[ $status != 200 || -z $REPLY ]] || return 0
    if [[ -z $REPLY ]]; then
      tail -n 20 "$state/logs/$name.log" >&2
      say "$name has ended before it was ready; the lines above are from $state/logs/$name.log"
      return 1
    fi
    if ((SECONDS >= deadline)); then
      tail -n 20 "$state/logs/$name.log" >&2
      say "$name is not ready after 60 s; the lines above are from $state/logs/$name.log"
      return 1
    fi
    sleep 0.1
  done
}

# stop_processes STATE GRACE NAME...: asks all at once, waits for the grace they have themselves,
# asks again (which means: at once), and only then kills, with what they have started.
stop_processes() {
  local state=$1 grace=$2 name signal wait
  shift 2
  for step in "TERM $((grace + 5))" "TERM 5" "KILL 5"; do
    read -r signal wait <<<"$step"
    local left=() deadline
    for name in "$@"; do
      process_pid "$state" "$name"
      [[ -n $REPLY ]] || continue
      left+=("$name")
      if [[ $signal == KILL ]]; then
        say "$name does not stop and is killed"
        # setsid has made it the head of a group, which holds its children.
        kill -s KILL -- "-$REPLY" 2>/dev/null || kill -s KILL "$REPLY" 2>/dev/null || true
      else
        kill -s TERM "$REPLY" 2>/dev/null || true
      fi
    done
    deadline=$((SECONDS + wait))
    while ((${#left[@]} && SECONDS < deadline)); do
      for name in "${!left[@]}"; do
        process_pid "$state" "${left[name]}"
        if [[ -z $REPLY ]]; then
          say "${left[name]} has stopped"
          rm -f "$state"/{run,health}/"${left[name]}"
          unset "left[name]"
        fi
      done
      ((${#left[@]} == 0)) || sleep 0.1
    done
    ((${#left[@]})) || break
    set -- "${left[@]}"
  done
  for name in "$@"; do
    process_pid "$state" "$name"
    [[ -n $REPLY ]] || rm -f "$state"/{run,health}/"$name"
  done
}

# seconds_of TIME: sets REPLY; 30s, 2m, 1h, 1500ms or bare seconds.
seconds_of() {
  [[ $1 =~ ^([0-9]+)(ms|s|m|h)?$ ]] || fail -2 "'$1' is no time; expected one like 30s or 2m."
  REPLY=$((10#${BASH_REMATCH[1]}))
  case ${BASH_REMATCH[2]} in
    ms) REPLY=$((REPLY / 1000 + 1)) ;;
    m) REPLY=$((REPLY * 60)) ;;
    h) REPLY=$((REPLY * 3600)) ;;
  esac
}

# uptime_of SECONDS: 12 s, 3 min, 5 h, 2 d.
uptime_of() {
  local seconds=$1
  if ((seconds < 120)); then
    printf '%d s' "$seconds"
  elif ((seconds < 7200)); then
    printf '%d min' $((seconds / 60))
  elif ((seconds < 172800)); then
    printf '%d h' $((seconds / 3600))
  else
    printf '%d d' $((seconds / 86400))
  fi
}
