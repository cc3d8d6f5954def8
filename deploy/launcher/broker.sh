# Getting a broker.
# shellcheck shell=bash

# property FILE KEY: one value of a KEY=VALUE file.
property() { sed -n "s/^${2//./\\.}=//p" "$1"; }

rabbitmq_installed() { "$NODE_SCRIPT" find >/dev/null 2>&1; }

# Sees to it that a rabbitmq-server is installed, or ends with what to do.
need_rabbitmq_server() {
  ! rabbitmq_installed || return 0
  command -v apt-get >/dev/null || fail -3 "needs RabbitMQ, and none is installed. Install" \
    "rabbitmq-server (macOS: brew install rabbitmq), start Docker, or give --broker URI."
  local as_root=()
  ((EUID == 0)) || as_root=(sudo)
  if [[ -t 0 && -t 2 ]]; then
    local answer
    read -rp "warren: RabbitMQ is not installed. Run '${as_root[*]:+sudo }apt-get install \
rabbitmq-server' (its service will not be started)? [y/N] " answer
    [[ $answer == [yY]* ]] || fail -3 "no broker. Install rabbitmq-server, or give --broker URI."
  elif ((EUID != 0)); then
    fail -3 "needs RabbitMQ, and none is installed. As root: apt-get install rabbitmq-server" \
      "(and: systemctl disable --now rabbitmq-server), or give --broker URI."
  fi
  say "installing rabbitmq-server from the system's packages; its service is not started"
  ${as_root[@]+"${as_root[@]}"} bash "$SCRIPTS/install-rabbitmq.sh" >&2 ||
    fail -3 "rabbitmq-server could not be installed; what apt-get said is above."
  rabbitmq_installed || fail -3 "rabbitmq-server is installed but not found: $NODE_SCRIPT find"
}
