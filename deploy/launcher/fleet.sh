# What `up` has started, and what it runs with.
# shellcheck shell=bash

# A fleet that is up is what the user means, unless the environment says otherwise.
fleet_environment() {
  local configuration
  configuration=$(state_dir)/warren.yaml
  if [[ -z ${WARREN_CONFIG:-}${WARREN_URI:-} && -f $configuration ]]; then
    export WARREN_CONFIG=$configuration
  fi
}
