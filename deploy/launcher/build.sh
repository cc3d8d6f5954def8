# Building, in a checkout only, and only what is out of date.
# shellcheck shell=bash

# run_maven ARGS...: with a JDK that also formats; without colour codes in files.
run_maven() {
  find_java
  command -v mvn >/dev/null || fail "building needs Maven ('mvn'), which is not on the PATH."
  local options=(-B -ntp)
  [[ -t 1 ]] || options+=(-Dstyle.color=never)
  # The last two: libraries of older Mavens that a new JDK warns of.
  JAVA_HOME=$JAVA_FOUND MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED \
--sun-misc-unsafe-memory-access=allow" mvn -f "$CHECKOUT/pom.xml" "${options[@]}" "$@"
}

# Something that goes into the jars, or a folder of such, is newer than the last build.
sources_changed() {
  local stamp=$CHECKOUT/.warren/build.stamp newer
  RELEASE=''
  [[ -f $stamp ]] || return 0
  RELEASE=$(<"$stamp.release") 2>/dev/null || return 0
  [[ -d $RELEASE/lib ]] || return 0
  newer=$(find "$CHECKOUT" \
    \( -name target -o -name '.?*' ! -name .mvn -o -path '*/src/test' -o -name docs \) -prune -o \
    \( -path '*/src/main*' -o -name pom.xml \) -newer "$stamp" -print -quit)
  [[ -n $newer ]]
}

# Sets RELEASE to a folder that is as new as the sources.
ensure_built() {
  [[ -n $CHECKOUT ]] || return 0
  sources_changed || return 0
  mkdir -p "$CHECKOUT/.warren"
  exec 8>"$CHECKOUT/.warren/build.lock"
  if command -v flock >/dev/null && ! flock -n 8; then
    say "waiting for another build of this checkout"
    flock 8
  fi
  # Somebody else may have built it meanwhile.
  ! sources_changed || build
  exec 8>&-
}

build() {
  local stamp=$CHECKOUT/.warren/build.stamp log=$CHECKOUT/.warren/build.log began=$SECONDS
  say "building (log: $log)"
  # Dated before the build: what is edited during it is newer, and built the next time.
  : >"$stamp.new"
  # No checks and no tests here: `./warren test` has them all.
  if ! run_maven -q package -pl deploy -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    -Denforcer.skip=true >"$log" 2>&1 8>&-; then
    sed -n 's/\x1b\[[0-9;]*m//g; /ERROR/p' "$log" |
      sed '/\[Help [0-9]\] http/d; /^\[ERROR\] *$/d; /-e switch\|-X switch\|possible solutions/d' |
      head -n 40 >&2
    fail "the build failed; all of it is in $log."
  fi
  remember_build
  say "built in $((SECONDS - began)) s"
}

# The release in deploy/target is that of the sources as they were when build.stamp.new was written.
remember_build() {
  local stamp=$CHECKOUT/.warren/build.stamp releases
  releases=("$CHECKOUT"/deploy/target/warren-*/lib)
  RELEASE=${releases[0]%/lib}
  printf '%s\n' "$RELEASE" >"$stamp.release"
  mv "$stamp.new" "$stamp"
}
