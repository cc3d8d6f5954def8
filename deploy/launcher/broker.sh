# Getting a broker: the one given, one of this machine, a container, a private node, in this order.
# shellcheck shell=bash

# property FILE KEY: one value of a KEY=VALUE file; nothing where there is no such file or key.
property() { [[ ! -f $1 ]] || sed -n "s/^${2//./\\.}=//p" "$1"; }

random_hex() { od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FROM: sets REPLY to the first port from there on where nobody listens.
free_port() {
  REPLY=$1
  while port_answers "$REPLY"; do REPLY=$((REPLY + 1)); done
}

# get_broker ROAD STATE: finds or starts a broker as ROAD says (empty: as it comes), and records in
# STATE: broker.properties (road, uri without login, username, management, watch), password and, if
# there is a user who may only look, watch-password. Another `up` of STATE takes the same again.
get_broker() {
  local road=$1 state=$2 earlier
  earlier=$(property "$state/broker.properties" road)
  if [[ -z $road && -n ${WARREN_URI:-${WARREN_BROKER_URI:-}} ]]; then
    road=${WARREN_URI:-$WARREN_BROKER_URI}
  elif [[ -z $road && -n $earlier ]]; then
    road=$earlier
    [[ $road != uri ]] || road=known
  fi
  case $road in
    amqp://* | amqps://*) use_given_broker "$road" "$state" ;;
    known) check_known_broker "$state" ;;
    local) use_local_broker "$state" || fail -3 "--broker local: no AMQP broker on 127.0.0.1:5672" \
      "takes the login $LOCAL_USER. Set WARREN_BROKER_USERNAME and _PASSWORD_FILE, or choose another" \
      "--broker." ;;
    docker) use_docker_broker "$state" ;;
    node)
      need_rabbitmq_server
      use_node_broker "$state"
      ;;
    '')
      if use_local_broker "$state"; then
        :
      elif docker_answers; then
        use_docker_broker "$state"
      else
        need_rabbitmq_server
        use_node_broker "$state"
      fi
      ;;
    *) fail -2 "--broker $road: expected local, docker, node or an amqp:// URI." ;;
  esac
}

# record_broker STATE PASSWORD KEY=VALUE...
record_broker() {
  local state=$1 password=$2
  shift 2
  printf '%s\n' "$@" >"$state/broker.properties"
  printf '%s' "$password" >"$state/password"
}

# --- One that is there -------------------------------------------------------------------------

percent_decoded() { printf '%b' "${1//%/\\x}"; }

# split_uri URI: sets URI_PLAIN (without login), URI_HOST, URI_PORT, URI_VHOST, URI_USER,
# URI_PASSWORD.
split_uri() {
  local pattern='^(amqps?)://(([^@/]*)@)?(\[[^]]*\]|[^:/@]*)(:([0-9]+))?(/([^/?#]*))?$'
  [[ $1 =~ $pattern ]] || fail -2 "that is no broker address; expected" \
    "amqp://user:password@host:5672/virtual-host."
  local scheme=${BASH_REMATCH[1]} login=${BASH_REMATCH[3]} path=${BASH_REMATCH[8]}
  URI_HOST=${BASH_REMATCH[4]:-127.0.0.1} URI_PORT=${BASH_REMATCH[6]}
  if [[ -z $URI_PORT ]]; then
    URI_PORT=5672
    [[ $scheme == amqp ]] || URI_PORT=5671
  fi
  URI_PLAIN=$scheme://$URI_HOST:$URI_PORT${path:+/$path}
  URI_VHOST=$(percent_decoded "${path:-%2F}")
  URI_USER='' URI_PASSWORD=''
  if [[ -n $login ]]; then
    URI_USER=$(percent_decoded "${login%%:*}")
    [[ $login != *:* ]] || URI_PASSWORD=$(percent_decoded "${login#*:}")
  fi
}

# Sets LOCAL_USER and LOCAL_PASSWORD to the login of the environment, else guest.
configured_login() {
  LOCAL_USER=${WARREN_BROKER_USERNAME:-guest}
  LOCAL_PASSWORD=${WARREN_BROKER_PASSWORD:-guest}
  local file=${WARREN_BROKER_PASSWORD_FILE:-}
  if [[ -n $file ]]; then
    [[ -r $file ]] || fail -2 "WARREN_BROKER_PASSWORD_FILE=$file is not readable."
    LOCAL_PASSWORD=$(<"$file")
  fi
}

use_given_broker() {
  local state=$2
  split_uri "$1"
  configured_login
  [[ -n $URI_USER ]] || URI_USER=$LOCAL_USER
  [[ -n $URI_PASSWORD ]] || URI_PASSWORD=$LOCAL_PASSWORD
  check_login "$URI_PLAIN" "$URI_USER" "$URI_PASSWORD"
  record_broker "$state" "$URI_PASSWORD" road=uri "uri=$URI_PLAIN" "username=$URI_USER"
  say "broker: $URI_PLAIN, as given"
}

check_known_broker() {
  local state=$1 uri
  uri=$(property "$state/broker.properties" uri)
  check_login "$uri" "$(property "$state/broker.properties" username)" "$(<"$state/password")"
  say "broker: $uri, as the last time ('$WARREN down --purge' forgets it)"
}

# check_login URI USER PASSWORD: ends with a message unless the broker takes them.
check_login() {
  # The handshake of TLS is left to the programs.
  [[ $1 == amqp://* ]] || return 0
  local answer=0
  split_uri "$1"
  amqp_login "$URI_HOST" "$URI_PORT" "$2" "$3" "$URI_VHOST" || answer=$?
  case $answer in
    0) URI_USER=$2 URI_PASSWORD=$3 ;;
    1) fail -3 "the broker at $URI_HOST:$URI_PORT refuses the login of user '$2'. Give it in" \
      "WARREN_URI, or set WARREN_BROKER_USERNAME and WARREN_BROKER_PASSWORD_FILE." ;;
    3) fail -3 "the broker at $URI_HOST:$URI_PORT has no virtual host '$URI_VHOST' for '$2'." ;;
    *) fail -3 "no AMQP broker answers at $URI_HOST:$URI_PORT." ;;
  esac
}

# Fails when there is none, or none that lets us in.
use_local_broker() {
  local answer=0 management=''
  configured_login
  amqp_login 127.0.0.1 5672 "$LOCAL_USER" "$LOCAL_PASSWORD" / || answer=$?
  if ((answer == 1 || answer == 3)); then
    say "broker: the one on 127.0.0.1:5672 refuses the login $LOCAL_USER; looking further"
  fi
  ((answer == 0)) || return 1
  ! port_answers 15672 || management=http://127.0.0.1:15672
  record_broker "$1" "$LOCAL_PASSWORD" road=local uri=amqp://127.0.0.1:5672 \
    "username=$LOCAL_USER" "management=$management"
  say "broker: the one that runs on 127.0.0.1:5672"
}

# --- A container -------------------------------------------------------------------------------

docker_answers() {
  command -v docker >/dev/null && docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# The container of a state folder: only its `down` ends it.
docker_name() { printf 'warren-broker-%s' "$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)"; }

use_docker_broker() {
  local state=$1 name image=${WARREN_RABBITMQ_IMAGE:-rabbitmq:4-management} amqp management password
  docker_answers || fail -3 "--broker docker: the Docker engine does not answer ('docker version')."
  name=$(docker_name "$state")
  if docker container inspect "$name" >/dev/null 2>&1; then
    say "broker: starting the container $name again"
    docker start "$name" >/dev/null || fail -3 "the container $name does not start: docker logs $name"
    split_uri "$(property "$state/broker.properties" uri)"
    await_docker_broker "$name" "$URI_PORT" "$(<"$state/password")"
    return
  fi
  free_port 5672 && amqp=$REPLY
  free_port 15672 && management=$REPLY
  password=$(random_hex 16)
  say "broker: starting a container of $image as $name"
  # The password goes through the environment of the docker command, not its arguments.
  RABBITMQ_DEFAULT_PASS=$password docker run -d --name "$name" --hostname warren \
    --label "dev.warren.state=$state" -p "127.0.0.1:$amqp:5672" -p "127.0.0.1:$management:15672" \
    -v "$name:/var/lib/rabbitmq" -e RABBITMQ_DEFAULT_USER=warren -e RABBITMQ_DEFAULT_PASS \
    "$image" >/dev/null || fail -3 "the container did not start; what docker said is above."
  record_broker "$state" "$password" road=docker "uri=amqp://127.0.0.1:$amqp" username=warren \
    "management=http://127.0.0.1:$management" watch=watch "container=$name"
  await_docker_broker "$name" "$amqp" "$password"
  random_hex 16 >"$state/watch-password"
  add_watch_user "$name" "$(<"$state/watch-password")" ||
    say "broker: the user 'watch' could not be made; log in as warren"
}

# By a file, as a password in the arguments of rabbitmqctl could be seen by others, and not every
# rabbitmqctl reads one from its input.
add_watch_user() {
  local file=/tmp/warren-watch.json
  docker exec -i "$1" sh -c "umask 077; cat >$file" <<END &&
{"users": [{"name": "watch", "password": "$2", "tags": "monitoring"}],
 "permissions": [
   {"user": "watch", "vhost": "/", "configure": "^$", "write": "^$", "read": ".*"}]}
END
    docker exec "$1" rabbitmqctl -q import_definitions "$file" >/dev/null &&
    docker exec "$1" rm "$file"
}

await_docker_broker() {
  local name=$1 port=$2 password=$3 deadline=$((SECONDS + 90))
  until amqp_login 127.0.0.1 "$port" warren "$password" /; do
    if [[ $(docker container inspect -f '{{.State.Running}}' "$name") != true ]]; then
      docker logs --tail 15 "$name" >&2
      fail -3 "the container $name has ended; its last lines are above."
    fi
    ((SECONDS < deadline)) || fail -3 "the container $name does not answer AMQP after 90 s."
    sleep 0.3
  done
  say "broker: container $name answers on amqp://127.0.0.1:$port"
}

# --- A private node ----------------------------------------------------------------------------

use_node_broker() {
  local state=$1 node=$1/broker management
  "$NODE_SCRIPT" start "$node" --watch-user || fail -3 "the private node does not start; see above."
  management=$(property "$node/node.properties" management.uri)
  record_broker "$state" "$(property "$node/credentials" password)" road=node \
    "uri=$(property "$node/node.properties" amqp.uri)" \
    "username=$(property "$node/credentials" user)" "management=$management" watch=watch
  property "$node/watch-credentials" password >"$state/watch-password"
}

# --- Afterwards --------------------------------------------------------------------------------

# stop_broker STATE: stops what get_broker has started; keeps its data.
stop_broker() {
  local container
  case $(property "$1/broker.properties" road) in
    node) [[ ! -d $1/broker ]] || "$NODE_SCRIPT" stop "$1/broker" ;;
    docker)
      container=$(property "$1/broker.properties" container)
      docker stop "$container" >/dev/null && say "broker: container $container has stopped"
      ;;
    *) say "broker: $(property "$1/broker.properties" uri) was not started here; left running" ;;
  esac
}

purge_broker() {
  local container
  [[ ! -d $1/broker ]] || "$NODE_SCRIPT" purge "$1/broker"
  container=$(property "$1/broker.properties" container)
  if [[ -n $container ]]; then
    docker rm -f -v "$container" >/dev/null && docker volume rm -f "$container" >/dev/null &&
      say "broker: container $container is removed, with its data"
  fi
  rm -f "$1"/{broker.properties,password,watch-password}
}

broker_answers() {
  local uri
  uri=$(property "$1/broker.properties" uri)
  [[ -n $uri ]] || return 1
  split_uri "$uri"
  port_answers_at "$URI_HOST" "$URI_PORT"
}

port_answers_at() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# broker_logs STATE: sets REPLY to where its logs are; to nothing if it was not started here.
broker_logs() {
  REPLY=''
  case $(property "$1/broker.properties" road) in
    node) REPLY=$1/broker/log ;;
    docker) REPLY="'docker logs $(property "$1/broker.properties" container)'" ;;
  esac
}

# --- Installing --------------------------------------------------------------------------------

rabbitmq_installed() { "$NODE_SCRIPT" find >/dev/null 2>&1; }

# Sees to it that a rabbitmq-server is installed, or ends with what to do.
need_rabbitmq_server() {
  ! rabbitmq_installed || return 0
  command -v apt-get >/dev/null || fail -3 "needs RabbitMQ, and none is installed. Install" \
    "rabbitmq-server (macOS: brew install rabbitmq), start Docker, or give --broker URI."
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail -3 "needs RabbitMQ, and none is installed. As root:" \
      "apt-get install rabbitmq-server; or start Docker, or give --broker URI."
    as_root=(sudo)
  fi
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
