#!/usr/bin/env bash
#
# Becomes one process of a peer that install.sh has installed.
#
#   run.sh FOLDER PEER ROLE      ROLE: server (bullmq and jobrunr only), worker, client
#
# From the environment:
#   PEER_STATE       an empty folder for the processes of one run, theirs alone
#   PEER_BROKER_URI  RabbitMQ, for the peers that use it
#   PEER_WINDOW      how many tasks may be unfinished at a time
#   PEER_BYTES       the size of a task's argument
#
# A server says 'ready' on its standard output. A client does so when a first task has come back;
# then it takes lines 'run SECONDS', keeps PEER_WINDOW tasks unfinished for so long, waits for the
# rest and answers with a line of JSON: {"completed", "seconds", "failed", "lost"}, the seconds from the
# start to the last completion. It ends at the end of its input.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=${1:?usage: run.sh FOLDER PEER ROLE}
peer=${2:?}
role=${3:?}
root=$folder/debian/root

# shellcheck source=postgres.sh
source "$here/postgres.sh"

# become COMMAND...: its process takes this one's place and ends when whoever started this is gone.
become() { exec setpriv --pdeathsig TERM "$@"; }

unpacked_libraries() {
  local library
  for library in "$root"/usr/lib/*-linux-gnu; do
    export LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  done
}

become_python() {
  export PYTHONPATH=$folder/celery:$root/usr/lib/python3/dist-packages
  export PATH=$root/usr/bin:$PATH
  become /usr/bin/python3 "$@"
}

become_java() {
  local main=$1
  become "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Xmx512m \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$folder/$peer/classes:$folder/$peer/lib/*" "$main"
}

# Redis listens on a socket in its folder only.
become_redis() {
  local server=$root/usr/bin/redis-server
  [[ -x $server ]] || server=redis-server
  unpacked_libraries
  become "$server" --port 0 --unixsocket "$PEER_STATE/redis.sock" --dir "$PEER_STATE" \
    --appendonly yes --appendfsync everysec --save '' --daemonize no
}

# PostgreSQL, too. It refuses to run as root, who lends it another account.
become_postgres() {
  local programs account user=() data=$PEER_STATE/data
  programs=$(postgres_folder)
  [[ $programs != "$root"/* ]] || unpacked_libraries
  mkdir "$data"
  if ((EUID == 0)); then
    account=$(postgres_account)
    user=(--reuid "$account" --regid "$(id -g "$account")" --clear-groups)
    chown "$account" "$data" "$PEER_STATE"
  fi
  cd "$data"
  setpriv "${user[@]}" "$programs/initdb" -D "$data" -U peer --auth trust -E UTF8 --no-instructions
  # Its defaults otherwise: fsync and synchronous_commit are on.
  become "${user[@]}" "$programs/postgres" -D "$data" -k "$PEER_STATE" -c port="$PEER_PORT" \
    -c listen_addresses=127.0.0.1 -c shared_buffers=256MB
}

case $peer-$role in
  celery-worker)
    cd "$PEER_STATE"
    become_python -m celery -A peer_tasks worker --concurrency 2 --loglevel WARNING \
      --without-gossip --without-mingle
    ;;
  celery-client) become_python "$folder/celery/peer_client.py" ;;
  bullmq-server) become_redis ;;
  bullmq-worker | bullmq-client)
    NODE_PATH=$folder/bullmq/node_modules become node "$folder/bullmq/$role.js"
    ;;
  jobrunr-server) become_postgres ;;
  jobrunr-worker) become_java JobWorker ;;
  jobrunr-client) become_java JobClient ;;
  spring-amqp-worker) become_java SpringWorker ;;
  spring-amqp-client) become_java SpringClient ;;
  *)
    echo "peers: there is no $role of '$peer'" >&2
    exit 2
    ;;
esac
