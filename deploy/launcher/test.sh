# `warren test`: the build with all its gates and tests, on one real broker.
# shellcheck shell=bash

test_usage() {
  cat >&2 <<END
Usage: $WARREN test [--full] [--broker docker|node|URI] [MAVEN ARGUMENTS]

Compiles everything with all checks, and runs all tests against a real RabbitMQ: one private node,
started for this run in .warren/ of the checkout and removed at its end. The exit code is Maven's.

  --full           adds the tests of group "full": clusters, long runs (half an hour and more)
  --broker node    a private node of the installed rabbitmq-server (default)
  --broker docker  a container
  --broker URI     that broker; its user must be an administrator: tests make virtual hosts

Anything else goes to Maven: $WARREN test -pl worker -am -Dtest=DrainTest -Dsurefire.failIfNoSpecifiedTests=false
END
}

run_tests() {
  local broker='' full='' maven=()
  while (($#)); do
    case $1 in
      -h | --help) test_usage && return ;;
      --full) full=yes ;;
      --broker)
        (($# > 1)) || fail -2 "--broker needs a value: docker, node or an amqp:// URI."
        broker=$2
        shift
        ;;
      --broker=*) broker=${1#*=} ;;
      *) maven+=("$1") ;;
    esac
    shift
  done
  find_java
  say "testing with $JAVA_FOUND (Java $JAVA_FOUND_VERSION)"
  mkdir -p "$CHECKOUT/.warren"
  exec 7>"$CHECKOUT/.warren/test.lock"
  if command -v flock >/dev/null && ! flock -n 7; then
    fail "another '$WARREN test' runs in this checkout."
  fi
  trap end_tests EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  bash "$CHECKOUT/deploy/tests/launcher_test.sh" 7>&-
  test_broker "$broker"
  [[ -z $full ]] || maven+=(-Dexcluded.tests=)
  local log=$CHECKOUT/.warren/test.log code=0 began=$SECONDS
  say "mvn verify${maven[*]:+ ${maven[*]}} (log: $log)"
  run_maven verify ${maven[@]+"${maven[@]}"} 7>&- 2>&1 | tee "$log" || code=$?
  printf '\n'
  closing_lines "$log"
  say "mvn verify ended with $code after $((SECONDS - began)) s"
  return "$code"
}

# What Surefire said last of each module, and their sum in its words.
closing_lines() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^\[INFO\] Building / { name = $0; sub(/^\[INFO\] Building /, "", name); sub(/ [0-9][^ ]* .*/, "", name) }
    /^\[[A-Z]+\] Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+ *$/ {
      sub(/^\[[A-Z]+\] /, "")
      printf "%-28s %s\n", name, $0
      gsub(/[^0-9,]/, "")
      split($0, n, ",")
      for (i = 1; i <= 4; i++) sum[i] += n[i]
    }
    END { printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", sum[1], sum[2], sum[3], sum[4] }'
}

# Starts the one broker of the run and tells the tests of it, in the words of the testkit.
test_broker() {
  TEST_NODE=''
  if [[ -z $1 && -n ${WARREN_TEST_BROKER:-} ]]; then
    say "broker: WARREN_TEST_BROKER as given"
    return
  fi
  case ${1:-node} in
    node)
      need_rabbitmq_server
      TEST_NODE=$CHECKOUT/.warren/test-node
      # One that a killed run has left.
      [[ ! -e $TEST_NODE ]] || "$NODE_SCRIPT" purge "$TEST_NODE"
      "$NODE_SCRIPT" start "$TEST_NODE" --watch-user 7>&-
      WARREN_TEST_BROKER=$(property "$TEST_NODE/credentials" uri)
      WARREN_TEST_MANAGEMENT=$(property "$TEST_NODE/node.properties" management.uri)
      WARREN_TEST_NODE_DIR=$TEST_NODE
      export WARREN_TEST_BROKER WARREN_TEST_MANAGEMENT WARREN_TEST_NODE_DIR
      ;;
    docker) export WARREN_TEST_BROKER=docker ;;
    amqp://* | amqps://*) export WARREN_TEST_BROKER=$1 ;;
    *) fail -2 "--broker $1: expected docker, node or an amqp:// URI." ;;
  esac
}

end_tests() {
  local code=$?
  trap '' INT TERM
  [[ -z ${TEST_NODE:-} || ! -e $TEST_NODE ]] || "$NODE_SCRIPT" purge "$TEST_NODE" || true
  exit "$code"
}
