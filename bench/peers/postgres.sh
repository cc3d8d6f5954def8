# Where PostgreSQL's programs are, and who runs them.
# shellcheck shell=bash

# postgres_folder: the newest of the system's, or the one unpacked in $folder; nothing without one.
postgres_folder() {
  local candidate found=''
  for candidate in "$folder"/debian/root/usr/lib/postgresql/*/bin /usr/lib/postgresql/*/bin; do
    [[ ! -x $candidate/postgres ]] || found=$candidate
  done
  echo "$found"
}

# postgres_account: for root, whom PostgreSQL refuses: the account that Debian's package makes when the
# system installs it, or one that owns nothing.
postgres_account() {
  local account
  for account in postgres nobody; do
    if id "$account" >/dev/null 2>&1; then
      echo "$account"
      return
    fi
  done
  echo "peers: PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody'" >&2
  return 1
}
