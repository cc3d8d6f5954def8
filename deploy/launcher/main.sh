# The words of the launcher, and where each of them goes.
# shellcheck shell=bash
# From ../../warren: WARREN (how the user calls us), CHECKOUT (empty in a release), RELEASE, SCRIPTS,
# NODE_SCRIPT.

say() { printf 'warren: %s\n' "$*" >&2; }

# fail [-CODE] MESSAGE: the frozen exit codes are 2 for usage and 3 for no broker.
fail() {
  local code=1
  if [[ $1 == -[0-9]* ]]; then
    code=${1#-}
    shift
  fi
  say "$*"
  exit "$code"
}

# use FILE...: loads the parts that a command needs, so that the others cost it nothing.
use() {
  local part
  for part in "$@"; do
    # shellcheck disable=SC1090
    source "$SCRIPTS/$part.sh"
  done
}

only_in_checkout() {
  [[ -n $CHECKOUT ]] || fail -2 "'$1' works on the sources, and this is an installed release."
}

# Where `up` keeps its files.
state_dir() { printf '%s' "${WARREN_STATE:-${XDG_STATE_HOME:-${HOME:-/tmp}/.local/state}/warren}"; }

main() {
  local word=${1:-help}
  case $word in
    help | -h | --help)
      # `help COMMAND` is the command line's own.
      if (($# < 2)); then
        use java help
        print_help
        return
      fi
      ;;
    worker | gateway | bench)
      # `worker drain` and `worker restart` are said to workers that run: the command line's own.
      if [[ $word == worker && ${2:-} =~ ^(drain|restart)$ ]]; then
        use java build fleet
        fleet_environment
        run_java cli "$@"
        return
      fi
      shift
      use java build fleet
      fleet_environment
      run_java "$word" "$@"
      ;;
    chaos)
      only_in_checkout "$word"
      shift
      use java build broker chaos
      run_chaos "$@"
      ;;
    up | down | status | logs)
      shift
      use java build amqp broker process fleet
      "fleet_$word" "$@"
      return
      ;;
    demo)
      shift
      use java build amqp broker process fleet demo
      demo "$@"
      return
      ;;
    test)
      only_in_checkout "$word"
      shift
      use java build amqp broker test
      run_tests "$@"
      return
      ;;
    fmt)
      only_in_checkout "$word"
      shift
      use java build
      run_maven -q spotless:apply "$@"
      return
      ;;
    startup)
      shift
      use java build startup
      startup_command "$@"
      return
      ;;
    install)
      shift
      use java build install
      install_release "$@"
      return
      ;;
  esac
  use java build fleet
  fleet_environment
  run_java cli "$@"
}
