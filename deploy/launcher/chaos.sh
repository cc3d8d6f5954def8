# `warren chaos`: a fleet of its own under load and faults.
# shellcheck shell=bash

# run_chaos ARGS...: with a Docker daemon of its own where --broker docker is wanted and none runs.
run_chaos() {
  local before='' word docker=''
  for word in "$@"; do
    [[ $before$word != --brokerdocker && $word != --broker=docker ]] || docker=yes
    before=$word
  done
  if [[ -n $docker ]]; then
    if ! docker_answers; then
      say "no Docker engine answers; running one for this"
      exec "$CHECKOUT/deploy/docker/with-dockerd" --data "$CHECKOUT/.warren/docker" \
        "$CHECKOUT/warren" chaos "$@"
    fi
    chaos_image "$@"
  fi
  find_java
  ensure_built
  jvm_flags chaos
  local jars=("$RELEASE"/lib/warren-bench-*.jar)
  # Beside the release: brokers and faults, which only tests have otherwise.
  exec "$JAVA_FOUND/bin/java" "${JVM_FLAGS[@]}" -cp "${jars[0]}:$CHECKOUT/bench/target/chaos/*" \
    dev.warren.bench.chaos.ChaosMain "$@"
}

# The image of the container: pulled, or else made from Debian's packages.
chaos_image() {
  local image=rabbitmq:4-management before='' word
  for word in "$@"; do
    [[ $before != --image ]] || image=$word
    [[ $word != --image=* ]] || image=${word#*=}
    before=$word
  done
  docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" >/dev/null 2>&1 ||
    "$CHECKOUT/deploy/docker/make-rabbitmq-image" --tag "$image"
}
