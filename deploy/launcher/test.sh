# `warren test`: the build with all its gates and tests, on one real broker.
# shellcheck shell=bash

test_usage() {
  cat >&2 <<END
Usage: $WARREN test [--full] [--broker docker|node|URI] [MAVEN ARGUMENTS]

Compiles everything with all checks and runs all tests against a real RabbitMQ: one private node,
started for this run in .warren/ of the checkout and removed at its end. The exit code is Maven's.

  --full           also the tests tagged "full" (clusters, long runs), and all others once more on
                   a broker in Docker; half an hour and more
  --broker node    a private node of the installed rabbitmq-server (default)
  --broker docker  a container; where no Docker runs, root gets a daemon for this run
  --broker URI     that broker; its user must be an administrator: tests make virtual hosts.
                   WARREN_TEST_BROKER and WARREN_TEST_MANAGEMENT in the environment say the same

Anything else goes to Maven, as in: $WARREN test -pl core/engine -am
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
  if [[ -z $broker && -n ${WARREN_TEST_BROKER:-} && $WARREN_TEST_BROKER != node ]]; then
    broker=$WARREN_TEST_BROKER
  fi
  # A part of the build may not need them.
  ((${#maven[@]})) || need_languages
  find_java
  say "testing with Java $JAVA_FOUND_VERSION ($JAVA_FOUND)"
  mkdir -p "$CHECKOUT/.warren"
  exec 7>"$CHECKOUT/.warren/test.lock"
  if command -v flock >/dev/null && ! flock -n 7; then
    fail "another '$WARREN test' runs in this checkout."
  fi
  trap end_tests EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  local code=0
  : >"$CHECKOUT/.warren/test.log"
  : >"$CHECKOUT/.warren/test.began"
  case ${broker:-node} in
    node) test_on_node "$full" ${maven[@]+"${maven[@]}"} || code=$? ;;
    docker) test_on_docker ${full:+-Dexcluded.tests=none} ${maven[@]+"${maven[@]}"} || code=$? ;;
    amqp://* | amqps://*)
      export WARREN_TEST_BROKER=$broker
      say "broker: the one given"
      maven_verify ${full:+-Dexcluded.tests=none} ${maven[@]+"${maven[@]}"} || code=$?
      ;;
    *) fail -2 "--broker $broker: expected docker, node or an amqp:// URI." ;;
  esac
  closing_lines | tee "$CHECKOUT/.warren/test.summary"
  return "$code"
}

# test_on_node FULL MAVEN-ARGUMENTS...: one private node for all modules, told to the tests in the
# words of the testkit.
test_on_node() {
  local full=$1 code=0
  shift
  need_rabbitmq_server
  TEST_NODE=$CHECKOUT/.warren/test-node
  # One that a killed run has left.
  [[ ! -e $TEST_NODE ]] || "$NODE_SCRIPT" purge "$TEST_NODE"
  # What the management API counts must not be older than a test wants to wait.
  "$NODE_SCRIPT" start "$TEST_NODE" --watch-user --set collect_statistics_interval=500 \
    --while $$ 7>&-
  (
    WARREN_TEST_BROKER=$(property "$TEST_NODE/credentials" uri)
    WARREN_TEST_MANAGEMENT=$(property "$TEST_NODE/node.properties" management.uri)
    WARREN_TEST_NODE_DIR=$TEST_NODE
    export WARREN_TEST_BROKER WARREN_TEST_MANAGEMENT WARREN_TEST_NODE_DIR
    code=0
    # Beside Maven: they do with the broker no more than any other test, and mostly wait.
    script_tests 7>&- >"$CHECKOUT/.warren/scripts.log" 2>&1 &
    local scripts=$!
    # What stops or kills a node has some of its own.
    maven_verify -Dnode.tests.broker=node ${full:+-Dexcluded.tests=none} "$@" || code=$?
    wait "$scripts" || ((code)) || code=1
    cat "$CHECKOUT/.warren/scripts.log"
    # Only a whole build has made a release.
    (($# || code)) || JAVA_HOME=$JAVA_FOUND bash "$CHECKOUT/deploy/tests/release_test.sh" 7>&- || code=1
    exit "$code"
  ) || code=$?
  "$NODE_SCRIPT" purge "$TEST_NODE"
  if [[ -n $full ]]; then
    test_on_docker "$@" || code=$?
  fi
  return "$code"
}

# The programs that tests run tasks and documents with, and Debian's packages of them.
missing_languages() {
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 || printf 'python3\n'
  node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' >/dev/null 2>&1 ||
    printf 'nodejs\n'
}

# Sees to it that Python 3.8 and Node.js 18, or newer, are there, or ends with what to do.
need_languages() {
  local packages as_root=() answer
  mapfile -t packages < <(missing_languages)
  ((${#packages[@]})) || return 0
  local how="apt-get install --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null || fail -3 "the tests need Python 3.8 and Node.js 18, or newer" \
    "(python3, node); missing here: ${packages[*]}."
  if ((EUID != 0)); then
    if [[ ! -t 0 || ! -t 2 ]] || ! command -v sudo >/dev/null; then
      fail -3 "the tests need Python 3.8 and Node.js 18, or newer. As root: $how"
    fi
    as_root=(sudo)
  fi
  if [[ -t 0 && -t 2 ]]; then
    read -rp "warren: the tests need Python and Node.js. Run '${as_root[*]:+sudo }$how'? [y/N] " answer
    [[ $answer == [yY]* ]] || fail -3 "not installed: ${packages[*]}."
  fi
  say "installing ${packages[*]} from the system's packages"
  local log=$CHECKOUT/.warren/install.log
  mkdir -p "${log%/*}"
  # The package lists of a new machine are empty or old; an update that fails may still do.
  ${as_root[@]+"${as_root[@]}"} apt-get update -q >"$log" 2>&1 || tail -n 5 "$log" >&2
  if ! ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail -3 "${packages[*]} could not be installed; what apt-get said is above."
  fi
  mapfile -t packages < <(missing_languages)
  ((${#packages[@]} == 0)) || fail -3 "the tests need Python 3.8 and Node.js 18, or newer;" \
    "the system's packages have older ones: ${packages[*]}."
}

# The launcher and the scripts, with stand-ins for the programs.
script_tests() {
  local script code=0
  for script in launcher host kubernetes peers; do
    bash "$CHECKOUT/deploy/tests/${script}_test.sh" || code=1
  done
  return "$code"
}

test_on_docker() {
  local command=("$CHECKOUT/deploy/launcher/test-on-docker" "$@")
  if ! docker_answers; then
    say "no Docker engine answers; running one for these tests"
    command=("$CHECKOUT/deploy/docker/with-dockerd" --data "$CHECKOUT/.warren/docker" "${command[@]}")
  fi
  "${command[@]}"
}

# maven_verify ARGUMENTS...: all modules, two at a time where they do not need each other: most of the
# time of their tests is waiting, and each test class has a virtual host of its own.
maven_verify() {
  local code=0 began=$SECONDS
  say "mvn verify $*"
  : >"$CHECKOUT/.warren/build.stamp.new"
  # A module that fails does not hide what the others would say.
  run_maven verify --threads 2 --fail-at-end "$@" 7>&- 2>&1 | tee -a "$CHECKOUT/.warren/test.log" || code=$?
  say "mvn verify ended with $code after $((SECONDS - began)) s"
  # A whole build is a build: what comes after it need not build again.
  local argument whole=yes
  for argument; do
    case $argument in -Dexcluded.tests=none | -Dnode.tests.broker=*) ;; *) whole='' ;; esac
  done
  ((code)) || [[ -z $whole ]] || remember_build
  return "$code"
}

# What Surefire has reported of each module since the beginning, and the sum in its words.
closing_lines() {
  printf '\n'
  find "$CHECKOUT" -path '*/target/surefire-reports/*TEST-*.xml' -newer "$CHECKOUT/.warren/test.began" |
    sort | while read -r report; do
    sed -n "s|.*<testsuite |${report%/target/*} |p" "$report" | head -n 1
  done | awk -v checkout="$CHECKOUT/" '
    function count(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
    }
    function line(what) {
      return sprintf("Tests run: %d, Failures: %d, Errors: %d, Skipped: %d", sum[what, 1],
        sum[what, 2], sum[what, 3], sum[what, 4])
    }
    {
      module = substr($1, length(checkout) + 1)
      if (!(module in seen)) {
        seen[module] = 1
        modules[++last] = module
      }
      split("tests failures errors skipped", names, " ")
      for (i = 1; i <= 4; i++) {
        sum[module, i] += count(names[i])
        sum["", i] += count(names[i])
      }
    }
    END {
      for (i = 1; i <= last; i++) printf "%-28s %s\n", modules[i], line(modules[i])
      print line("")
    }'
  printf 'All of it: %s, and target/surefire-reports of each module\n' "$CHECKOUT/.warren/test.log"
}

end_tests() {
  local code=$?
  trap '' INT TERM
  [[ -z ${TEST_NODE:-} || ! -e $TEST_NODE ]] || "$NODE_SCRIPT" purge "$TEST_NODE" || true
  exit "$code"
}
