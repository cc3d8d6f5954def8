#!/usr/bin/env bash
#
# Installs the task queues that Warren is measured beside into one folder, from packages of the
# pinned versions, without root and without touching the system: Debian packages are unpacked there.
#
#   install.sh FOLDER [PEER...]      PEER: a folder beside this script; all of them without one
#
# What it got stands in FOLDER/PEER/versions, for which programs in FOLDER/PEER/programs: where these
# are as they were, nothing is done. Several that run at once wait for each other. A peer that cannot be installed
# is named, and the others go on; the exit code is then 1. Java programs are compiled with JAVA_HOME.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=${1:?usage: install.sh FOLDER [PEER...]}
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

say() { printf 'peers: %s\n' "$*" >&2; }

# debian PACKAGE...: has these packages and what they need; those that the system
# has are taken from there.
debian() {
  command -v apt-get >/dev/null || {
    say "$* are taken from Debian's packages, and this system has no apt-get"
    return 1
  }
  local wanted
  wanted=$(apt-get -s install --no-install-recommends "$@" | awk '$1 == "Inst" {print $2}')
  mkdir -p "$folder/debian/archives"
  local package
  for package in $wanted; do
    (cd "$folder/debian/archives" && rm -f "${package}"_*.deb && apt-get -q download "$package") >&2
    dpkg -x "$folder/debian/archives/$package"_*.deb "$folder/debian/root"
  done
}

# version_of PACKAGE: of Debian's package, unpacked or installed.
version_of() {
  local archive
  for archive in "$folder/debian/archives/$1"_*.deb; do
    [[ -f $archive ]] || continue
    dpkg-deb -f "$archive" Version
    return
  done
  dpkg-query -W -f '${Version}\n' "$1"
}

# maven PEER MAIN.java...: gathers the libraries of PEER's pom.xml and compiles its programs.
maven() {
  local peer=$1
  shift
  mvn -q -B -f "$here/$peer/pom.xml" -DoutputDirectory="$folder/$peer/lib" \
    -Dstyle.color=never dependency:copy-dependencies >&2
  "${JAVA_HOME:+$JAVA_HOME/bin/}javac" -d "$folder/$peer/classes" -cp "$folder/$peer/lib/*" "$@"
}

# node_packages PEER: the packages of PEER's package-lock.json. Not by 'npm ci', which refuses a lock
# file that lacks optional packages for other systems.
node_packages() {
  cp "$here/$1/package.json" "$here/$1/package-lock.json" "$folder/$1/"
  npm install --prefix "$folder/$1" --no-save --ignore-scripts --no-audit --no-fund >&2
}

install_celery() {
  debian celery python3-celery
  # As the package does when the system's own dpkg installs it.
  /usr/bin/python3 -m compileall -q "$folder/debian/root/usr/lib/python3/dist-packages" || true
  cp "$here"/celery/*.py "$folder/celery/"
  echo "Celery $(version_of python3-celery), kombu $(version_of python3-kombu)," \
    "$(/usr/bin/python3 --version)"
}

install_bullmq() {
  debian redis-server
  node_packages bullmq
  cp "$here"/bullmq/*.js "$folder/bullmq/"
  echo "BullMQ $(package_version bullmq bullmq), ioredis $(package_version bullmq ioredis)," \
    "Redis $(version_of redis-server), Node.js $(node --version)"
}

install_spring-amqp() {
  maven spring-amqp "$here"/java/*.java "$here"/spring-amqp/*.java
  echo "Spring AMQP $(jar_version spring-amqp spring-rabbit)," \
    "amqp-client $(jar_version spring-amqp amqp-client)"
}

install_jobrunr() {
  [[ -n $(postgres_folder) ]] || debian postgresql-15
  # Whether it can be run at all.
  ((EUID != 0)) || postgres_account >/dev/null
  maven jobrunr "$here"/java/*.java "$here"/jobrunr/*.java
  echo "JobRunr $(jar_version jobrunr jobrunr), HikariCP $(jar_version jobrunr HikariCP)," \
    "$("$(postgres_folder)/postgres" --version)"
}

install_node-amqp() {
  node_packages node-amqp
  cp "$here"/node-amqp/*.js "$folder/node-amqp/"
  echo "amqplib $(package_version node-amqp amqplib), Node.js $(node --version)"
}

package_version() { node -p "require('$folder/$1/node_modules/$2/package.json').version"; }

jar_version() {
  local jar
  for jar in "$folder/$1/lib/$2"-[0-9]*.jar; do
    jar=${jar##*/"$2"-}
    echo "${jar%.jar}"
  done
}

# shellcheck source=postgres.sh
source "$here/postgres.sh"

# programs_of PEER: tells its programs, and what installs them, from any others.
programs_of() {
  (cd "$here" && find "$1" java install.sh postgres.sh -type f -print0 | LC_ALL=C sort -z |
    xargs -0 sha256sum) | sha256sum
}

install_one() {
  declare -F "install_$1" >/dev/null || {
    say "there is no peer '$1'"
    exit 2
  }
  # One at a time: all write to one folder.
  if command -v flock >/dev/null; then
    exec 9>"$folder/lock"
    flock 9
  fi
  local programs
  programs=$(programs_of "$1")
  if [[ -r $folder/$1/versions && -r $folder/$1/programs && $(<"$folder/$1/programs") == "$programs" ]]
  then
    return 0
  fi
  say "installing $1 into $folder"
  rm -rf "${folder:?}/$1"
  mkdir -p "$folder/$1"
  "install_$1" >"$folder/$1/versions.new"
  printf '%s\n' "$programs" >"$folder/$1/programs"
  mv "$folder/$1/versions.new" "$folder/$1/versions"
  say "$1: $(<"$folder/$1/versions")"
}

if (($# == 1)); then
  install_one "$1"
  exit
fi
if (($# == 0)); then
  set -- celery spring-amqp bullmq jobrunr node-amqp
fi
code=0
for peer in "$@"; do
  # A process for each: what fails in the middle of it ends that one only.
  "$BASH" "$here/install.sh" "$folder" "$peer" || {
    say "$peer could not be installed; the lines above say why"
    code=1
  }
done
exit "$code"
