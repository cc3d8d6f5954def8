# Asks a broker whether it takes a login: the first steps of AMQP 0-9-1, as its specification gives
# them (section 4.2.3 "general frame format", class 10 "connection"), so that a choice of broker
# needs no JVM. Plain TCP only.
# shellcheck shell=bash

# amqp_login HOST PORT USER PASSWORD VHOST: 0 taken, 1 user or password refused, 2 no AMQP broker
# answers there, 3 virtual host refused.
amqp_login() {
  local LC_ALL=C fd answer=0
  { exec {fd}<>"/dev/tcp/$1/$2"; } 2>/dev/null || return 2
  amqp_steps "$fd" "$3" "$4" "$5" 2>/dev/null || answer=$?
  exec {fd}>&-
  return "$answer"
}

amqp_steps() {
  local fd=$1 user=$2 password=$3 vhost=$4
  printf 'AMQP\0\0\x09\x01' >&"$fd"
  amqp_method "$fd" && [[ $REPLY == 10.10 ]] || return 2
  # start-ok: no client properties, PLAIN, the login, a locale.
  {
    amqp_frame $((4 + 6 + 4 + 2 + ${#user} + ${#password} + 6)) 11
    printf '\0\0\0\0\x05PLAIN'
    amqp_number 4 $((2 + ${#user} + ${#password}))
    printf '\0%s\0%s\x05en_US\xCE' "$user" "$password"
  } >&"$fd"
  # A broker answers a wrong login by closing the socket, after three seconds.
  amqp_method "$fd" && [[ $REPLY == 10.30 ]] || return 1
  # tune-ok: one channel, small frames, no heartbeat; then open.
  {
    amqp_frame 8 31
    printf '\0\x01\0\0\x20\0\0\0\xCE'
    amqp_frame $((1 + ${#vhost} + 2)) 40
    amqp_number 1 ${#vhost}
    printf '%s\0\0\xCE' "$vhost"
  } >&"$fd"
  amqp_method "$fd" && [[ $REPLY == 10.41 ]] || return 3
  # Leaves by handshake, or the broker's log complains of us.
  {
    amqp_frame 7 50
    printf '\0\xC8\0\0\0\0\0\xCE'
  } >&"$fd"
  amqp_method "$fd" || true
}

# amqp_number BYTES NUMBER: prints it in network order.
amqp_number() {
  local shift escaped='' byte
  for ((shift = ($1 - 1) * 8; shift >= 0; shift -= 8)); do
    printf -v byte '\\x%02x' $((($2 >> shift) & 255))
    escaped+=$byte
  done
  printf '%b' "$escaped"
}

# amqp_frame LENGTH METHOD: the head of a method frame of the class connection on channel 0.
amqp_frame() {
  printf '\x01\0\0'
  amqp_number 4 $((4 + $1))
  printf '\0\x0A'
  amqp_number 2 "$2"
}

# amqp_byte FD: sets REPLY to the next byte as a number; fails when none comes within 5 s.
amqp_byte() {
  local char
  IFS= read -r -d '' -n 1 -t 5 -u "$1" char || return 1
  if [[ -z $char ]]; then
    REPLY=0
  else
    printf -v REPLY '%d' "'$char"
    ((REPLY >= 0)) || REPLY=$((REPLY + 256))
  fi
}

# amqp_method FD: reads one frame and sets REPLY to its CLASS.METHOD.
amqp_method() {
  local fd=$1 bytes=() size index
  for ((index = 0; index < 7; index++)); do
    amqp_byte "$fd" || return 1
    bytes+=("$REPLY")
    # What is not AMQP need not be read to its end.
    ((bytes[0] == 1)) || return 1
  done
  size=$((bytes[3] << 24 | bytes[4] << 16 | bytes[5] << 8 | bytes[6]))
  ((size >= 4 && size <= 131072)) || return 1
  bytes=()
  for ((index = 0; index <= size; index++)); do
    amqp_byte "$fd" || return 1
    bytes+=("$REPLY")
  done
  REPLY=$((bytes[0] << 8 | bytes[1])).$((bytes[2] << 8 | bytes[3]))
}
