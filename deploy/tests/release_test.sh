#!/usr/bin/env bash
#
# Tests of the release that the build has just made (JAVA_HOME is a JDK that can run it): the archive holds every jar once and all that
# the programs name, and what is unpacked or installed from it works without sources and Maven.

set -uo pipefail

root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 passed=0

check() {
  local what=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$what"
    sed 's/^/    /' "$work/output"
  fi
}

# The lines of a manifest are broken after 72 bytes; a broken one goes on after a blank.
class_path() {
  (cd "$work" && "$JAVA_HOME/bin/jar" -x -f "$1" META-INF/MANIFEST.MF)
  tr -d '\r' <"$work/META-INF/MANIFEST.MF" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n //g' |
    sed -n 's/^Class-Path: //p' | tr ' ' '\n'
}

namesOnlyJarsThatAreThere() {
  local program jar missing=0
  for program in producer worker async-gateway bench; do
    while read -r jar; do
      [[ -f $release/lib/$jar ]] && continue
      printf 'warren-%s names %s, which is not in lib\n' "$program" "$jar"
      missing=1
    done < <(class_path "$release"/lib/warren-"$program"-*.jar)
  done
  return "$missing"
}

holdsNoJarThatNobodyNames() {
  local program
  for program in producer worker async-gateway bench; do
    class_path "$release"/lib/warren-"$program"-*.jar
    (cd "$release/lib" && printf '%s\n' warren-"$program"-*.jar)
  done | sort -u >"$work/named"
  (cd "$release/lib" && printf '%s\n' *.jar) | sort | diff - "$work/named"
}

holdsEachLibraryInOneVersion() {
  (cd "$release/lib" && printf '%s\n' *.jar) | sed -E 's/-[0-9][^-]*(-SNAPSHOT)?\.jar$//' | sort |
    uniq -d | { ! grep .; }
}

clean() { env -i PATH="$PATH" HOME="$work/home" JAVA_HOME="$JAVA_HOME" "$@" </dev/null; }

tellsItsVersion() {
  local output
  output=$(cd / && clean "$1/bin/warren" version) || return 1
  printf '%s\n' "$output"
  [[ $output == "warren ${release##*/warren-}"* ]]
}

installsItself() {
  clean "$release/bin/warren" install "$work/installed" && tellsItsVersion "$work/installed" &&
    clean "$release/bin/warren" install "$work/installed" && tellsItsVersion "$work/installed" &&
    ! clean "$work/installed/bin/warren" install "$work/installed" && tellsItsVersion "$work/installed"
}

leavesOtherFoldersAlone() {
  mkdir -p "$work/other"
  touch "$work/other/mine"
  ! clean "$release/bin/warren" install "$work/other" && [[ $(ls "$work/other") == mine ]]
}

answersHelp() {
  clean "$release/bin/warren" worker --help | grep -q -- --queues &&
    clean "$release/bin/warren" gateway --help | grep -q -- --health-port
}

# takesItsCache RELEASE: whether the JVM of the command line takes its startup cache; it fails if it does not.
takesItsCache() {
  local output
  output=$(clean WARREN_JAVA_OPTS=-XX:AOTMode=on "$1/bin/warren" version 2>&1) || return 1
  [[ $output == "warren "* ]]
}

makesStartupCaches() {
  clean "$release/bin/warren" startup || { cat "$release/startup/log" && return 1; }
  ls -l "$release/startup"
  [[ -s $release/startup/worker.aot && -s $release/startup/gateway.aot ]] &&
    takesItsCache "$release" && clean "$release/bin/warren" worker --help >/dev/null
}

installsItsStartupCaches() {
  clean "$release/bin/warren" install "$work/cached" && takesItsCache "$work/cached"
}

namesItsJars() {
  cat "$release/lib/build-id"
  grep -qxE '[0-9a-f]{64}' "$release/lib/build-id"
}

# The JVM itself would run the classes of the cache, also those that the new jars do not have.
runsItsOwnCodeOverAnEarlierOne() {
  local next=$work/next jar dated
  cp -Rp "$release" "$next" && rm -rf "$next/startup" && mkdir "$work/classes" || return 1
  for jar in "$next"/lib/warren-producer-*.jar; do
    dated=$work/dated
    touch -r "$jar" "$dated"
    (cd "$work/classes" && "$JAVA_HOME/bin/jar" -x -f "$jar") || return 1
    rm "$work/classes/dev/warren/producer/cli/WarrenCommand.class"
    "$JAVA_HOME/bin/jar" -c -f "$jar" -m "$work/classes/META-INF/MANIFEST.MF" \
      -C "$work/classes" dev || return 1
    touch -r "$dated" "$jar"
  done
  # As its build would have named it, dated as archives date all.
  printf '%064d\n' 1 >"$next/lib/build-id"
  touch -r "$release/lib" "$next/lib"
  clean "$next/bin/warren" install "$work/cached"
  # Unpacked over it, what was made for the earlier one stays.
  cp -Rp "$release/startup" "$work/cached/"
  ! clean "$work/cached/bin/warren" version || return 1
  clean "$release/bin/warren" install "$work/cached" && takesItsCache "$work/cached"
}

doesWithoutACacheThatIsBroken() {
  local output cache=$work/cached/startup/cli.aot
  head -c 100000 "$cache" >"$cache.broken" && mv "$cache.broken" "$cache"
  output=$(clean "$work/cached/bin/warren" version 2>&1)
  printf '%s\n' "$output"
  [[ $output == "warren ${release##*/warren-}" ]]
}

tar -xzf "$root"/deploy/target/warren-*.tar.gz -C "$work" || exit 1
release=$(echo "$work"/warren-*)
check 'the jars that the programs name are there' namesOnlyJarsThatAreThere
check 'every jar is named by a program' holdsNoJarThatNobodyNames
check 'each library is there in one version' holdsEachLibraryInOneVersion
# First, as any other command would do it in the background.
check 'it makes startup caches' makesStartupCaches
check 'an unpacked archive works' tellsItsVersion "$release"
check 'it installs itself, also over an earlier one' installsItself
check 'it does not install over something else' leavesOtherFoldersAlone
check 'what is installed has startup caches' installsItsStartupCaches
check 'a release names its jars' namesItsJars
check 'a release over a cached one runs its own code' runsItsOwnCodeOverAnEarlierOne
check 'a broken startup cache is not noticed' doesWithoutACacheThatIsBroken
check 'worker and gateway answer --help' answersHelp
printf 'release: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
