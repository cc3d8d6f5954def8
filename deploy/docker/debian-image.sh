# What the scripts that make an image from Debian's packages share.
# shellcheck shell=bash

say() { printf 'image: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# image_options ARGUMENT...: sets TAG, SUITE and MIRROR over what they are.
image_options() {
  while (($#)); do
    (($# > 1)) || usage
    case $1 in
      --suite) SUITE=$2 ;;
      --tag) TAG=$2 ;;
      --mirror) MIRROR=$2 ;;
      *) usage ;;
    esac
    shift 2
  done
}

# need_image: ends the script if it is there, else sees to it that the image can be made.
need_image() {
  command -v docker >/dev/null || fail "no 'docker' on the PATH (Debian: apt-get install docker.io)."
  docker version >/dev/null 2>&1 || fail "no Docker daemon answers; 'with-dockerd' runs one."
  if docker image inspect "$TAG" >/dev/null 2>&1; then
    say "$TAG is there"
    exit 0
  fi
  ((EUID == 0)) || fail "making $TAG needs root (debootstrap)."
  command -v debootstrap >/dev/null || install_debootstrap
}

install_debootstrap() {
  command -v apt-get >/dev/null || fail "no 'debootstrap' here, and no apt-get to install it with."
  say "installing Debian's debootstrap"
  { apt-get update && apt-get install -y --no-install-recommends debootstrap; } >/dev/null ||
    fail "debootstrap could not be installed; the lines above say why."
}

# bootstrap PACKAGES: sets ROOT to a folder with a small Debian and these packages; it goes when the
# script ends.
bootstrap() {
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$work'" EXIT
  ROOT=$work/root
  if ! debootstrap --variant=minbase --include="$1" "$SUITE" "$ROOT" "$MIRROR" >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    fail "debootstrap failed; the lines above say why."
  fi
}

# import_image CHANGE...: makes $TAG of $ROOT, with these lines of a Dockerfile.
import_image() {
  local line changes=()
  for line in "$@"; do changes+=(--change "$line"); done
  say "importing it as $TAG"
  tar -C "$ROOT" --exclude=./usr/share/{doc,man,locale} --exclude=./var/{cache/apt,lib/apt/lists} \
    -c . | docker import "${changes[@]}" - "$TAG" >/dev/null
  say "$TAG is ready"
}
