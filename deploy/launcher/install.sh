# `warren install DIR`: the release, with everything it needs, under DIR.
# shellcheck shell=bash

install_release() {
  if [[ ${1:-} == -h || ${1:-} == --help || $# -ne 1 ]]; then
    cat >&2 <<END
Usage: $WARREN install DIR

Puts the release into DIR: bin/warren, lib, launcher, broker. It needs a JDK $JAVA_NEEDED there, no Maven
and no sources. DIR is made; an earlier Warren in it is replaced, anything else is refused.
END
    [[ ${1:-} == -* ]] && return 0
    return 2
  fi
  local target=$1 new
  ensure_built_from_all
  mkdir -p "$target"
  target=$(cd "$target" && pwd)
  if [[ -n $(ls -A "$target") && ! -f $target/bin/warren ]]; then
    fail "$target is not empty and not a Warren; it is left alone."
  fi
  [[ ! $target -ef $RELEASE ]] || fail "$target is the release that runs; it is installed there."
  local jars=("$RELEASE"/lib/warren-producer-*.jar)
  local version=${jars[0]##*/warren-producer-}
  # Folders are swapped, not overwritten: programs that run from them keep their files.
  new=$(mktemp -d "$target/.new.XXXXXX")
  # With its times: they tell what is newer than a startup cache.
  cp -Rp "$RELEASE"/. "$new"
  rm -rf "$new"/startup/new.* "$new"/startup/lock
  # Those of the release that is replaced are not for this one; what is being made of them is given up.
  rm -rf "${target:?}/startup"
  local part
  for part in "$new"/*; do
    rm -rf "${target:?}/${part##*/}"
    mv "$part" "$target/"
  done
  rmdir "$new"
  # For those who use it from there, and perhaps may not write there.
  RELEASE=$target
  use startup
  startup_flags cli || startup_make || say "the programs start without"
  say "installed Warren ${version%.jar} into $target; start it as $target/bin/warren"
}

# Launcher and scripts are no reason to build for a start, but here they are what is installed.
ensure_built_from_all() {
  if [[ -n $CHECKOUT ]]; then
    find_java
    mkdir -p "$CHECKOUT/.warren"
    exec 8>"$CHECKOUT/.warren/build.lock"
    ! command -v flock >/dev/null || flock 8
    build
    exec 8>&-
  else
    find_java
  fi
}
