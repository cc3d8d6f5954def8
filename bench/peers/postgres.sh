# Where PostgreSQL's programs are.
# shellcheck shell=bash

# postgres_folder: the newest of the system's, or the one unpacked in $folder; nothing without one.
postgres_folder() {
  local candidate found=''
  for candidate in "$folder"/debian/root/usr/lib/postgresql/*/bin /usr/lib/postgresql/*/bin; do
    [[ ! -x $candidate/postgres ]] || found=$candidate
  done
  echo "$found"
}
