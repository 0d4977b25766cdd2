#!/bin/sh
# The agent on the NAS: burns in drives on its own, and answers requests that come as files.
#
#   agent.sh spool        answers every request in spool/ (run by the disabled cron job)
#   agent.sh work TOKEN   writes and verifies the ranges of one job (detached; needs nobody)
#
# Beside this script, for root only:
#   spool/ID.req, ID.rep  requests and replies: see `read_request` and `answer`
#   jobs/TOKEN/           request, state, verified ranges and status line of one job
#   locks/SERIAL          held by the worker of that drive, and by the badblocks it runs
#   status                the status lines of all jobs
#   feed                  the same as they came, for who tails it; begun anew when it has grown
#
# Plain POSIX: runs under FreeBSD's sh (CORE), dash (SCALE) and busybox.
# Serial numbers come from hardware: never trusted, always quoted.
set -u
umask 077
export LC_ALL=C
export PATH="$PATH:/sbin:/usr/sbin:/usr/local/sbin:/usr/local/bin"

root=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 78
self=$root/$(basename -- "$0")
jobs=$root/jobs
# Before /dev, /proc and /sys: tests have a host of their own.
host=${TRUENAS_BURNIN_HOST-}

readonly MAX_BLOCK=4294967295 # badblocks counts blocks in 32 bits
readonly CHUNK=4194304        # bytes per write; badblocks' default of 64 blocks is slow
readonly FEED=1048576         # bytes after which the feed is begun anew
readonly BUSY=75

have() { command -v "$1" >/dev/null 2>&1; }

# --- words ----------------------------------------------------------------------------------------

is_word() {
  case $1 in '' | [.-]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ "${#1}" -le 120 ]
}

is_number() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ "${#1}" -le 18 ]
}

is_serial() {
  case $1 in '' | *[!\ -~]* | *[\"\\]*) return 1 ;; esac
  [ "${#1}" -le 64 ]
}

is_device() {
  case ${1#multipath/} in '' | *[!A-Za-z0-9]*) return 1 ;; esac
}

# plain TEXT: the text as it may stand in a JSON string.
plain() { printf '%s' "$1" | tr -cd ' -~' | tr -d '\042\134' | cut -c 1-300; }

# put FILE TEXT: replace a file in one step.
put() { printf '%s\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1"; }

# get FILE [DEFAULT]: the first line of a file.
get() {
  line=${2-}
  [ -e "$1" ] && read -r line <"$1"
  printf '%s\n' "$line"
}

# --- locks: the kernel lets go of them when the last holder dies -----------------------------------

lock_of() { printf '%s/locks/%s\n' "$root" "$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"; }

# is_held FILE
is_held() {
  if have flock; then
    ! (flock -n 7) 7>>"$1"
  else
    lockf -k -s -t 0 "$1" true
    [ $? -eq "$BUSY" ]
  fi
}

# is_alive TOKEN: does its worker, or the badblocks of a killed worker, still run?
is_alive() {
  lock=$(lock_of "$(get "$jobs/$1/serial")")
  [ "$(get "$lock.owner")" = "$1" ] && is_held "$lock"
}

# --- requests ----------------------------------------------------------------------------------------

# deny CODE MESSAGE: end the reply with a refusal.
deny() {
  printf '{"ok":false,"error":"%s","message":"%s"}\nend\n' "$1" "$(plain "$2")"
  exit 0
}

ok() { printf '{"ok":true}\n'; }

# read_request FILE: set the variables named like its lines; every word is checked.
read_request() {
  verb='' token='' serial='' device='' kind='' reason='' awake='' patterns='' ranges=0 complete=no
  size=0 pause_at=0 resume_at=0 tick=5 heat_every=12 max_errors=1000
  while IFS=' ' read -r key value; do
    [ "$complete" = no ] || return 1
    case $key in
      verb | token | reason) is_word "$value" || return 1 ;;
      serial) is_serial "$value" || return 1 ;;
      device) is_device "$value" || return 1 ;;
      size | pause_at | resume_at | tick | heat_every | max_errors) is_number "$value" || return 1 ;;
    esac
    case $key in
      verb) verb=$value ;;
      token) token=$value ;;
      reason) reason=$value ;;
      serial) serial=$value ;;
      device) device=$value ;;
      size) size=$value ;;
      pause_at) pause_at=$value ;;
      resume_at) resume_at=$value ;;
      tick) tick=$value ;;
      heat_every) heat_every=$value ;;
      max_errors) max_errors=$value ;;
      awake) [ "$value" = yes ] && awake=yes || return 1 ;;
      kind)
        case $value in short | long | conveyance) kind=$value ;; *) return 1 ;; esac ;;
      patterns)
        for word in $value; do
          case $word in [0-9a-f][0-9a-f]) ;; *) return 1 ;; esac
        done
        patterns=$value ;;
      range)
        for word in $value; do is_number "$word" || return 1; done
        ranges=$((ranges + 1)) ;;
      end) complete=yes ;;
      *) return 1 ;;
    esac
  done <"$1"
  [ "$complete" = yes ]
}

# answer FILE: the reply to a request, on standard output.
answer() {
  read_request "$1" || deny bad_request "the request is not understood"
  case $verb in
    version) version ;;
    smart) smart ;;
    self-test) self_test ;;
    self-test-abort) self_test_abort ;;
    start) start "$1" ;;
    status) status ;;
    pause | resume) known_token && "$verb" ;;
    stop) known_token && stop ;;
    clean) known_token && clean ;;
    *) deny unknown_verb "$verb" ;;
  esac
  printf 'end\n'
}

known_token() {
  is_word "$token" || deny bad_request "a token is needed"
  job=$jobs/$token
  [ -d "$job" ] || deny unknown_token "$token"
}

spool() {
  for request in "$root"/spool/*.req; do
    [ -e "$request" ] || continue
    reply=${request%.req}.rep
    (answer "$request") >"$reply.$$" 2>"$root/errors" </dev/null
    [ "$(tail -n 1 "$reply.$$")" = end ] || (deny internal "$(cat "$root/errors")") >"$reply.$$"
    mv -f "$reply.$$" "$reply"
    rm -f "$request"
  done
  find "$root/spool" -type f -mtime +0 -exec rm -f {} +
}

# --- the drive ---------------------------------------------------------------------------------------

# check_drive: is the drive under this name the planned one, at this moment?  Sets why=CODE, and found=SERIAL.
check_drive() {
  found='' why=''
  facts=$(smartctl -i --json=c "$host/dev/$device" 2>/dev/null </dev/null)
  found=$(printf '%s' "$facts" | sed -n 's/.*"serial_number": *"\([^"]*\)".*/\1/p' | sed 's/^ *//;s/ *$//')
  bytes=$(printf '%s' "$facts" | sed -n 's/.*"user_capacity": *{[^}]*"bytes": *\([0-9]*\).*/\1/p')
  if [ -z "$found" ]; then
    why=device_lost
    smartctl -V >/dev/null 2>&1 || why=no_smartctl
  elif [ "$found" != "$serial" ]; then
    why=serial_changed
  elif [ "$size" -gt 0 ] && [ -n "$bytes" ] && [ "$bytes" != "$size" ]; then
    why=size_changed
  fi
  [ -z "$why" ]
}

# in_use: does anything here hold the drive or a part of it?  badblocks' own refusal is the second guard;
# it also knows of pools, and so does the kernel of FreeBSD.
in_use() {
  for holder in "$host/sys/block/$device/holders"/* "$host/sys/block/$device"/*/holders/*; do
    [ ! -e "$holder" ] || return 0
  done
  cat "$host/proc/mounts" "$host/proc/swaps" 2>/dev/null |
    grep -q "^/dev/$device\(p\{0,1\}[0-9][0-9]*\)\{0,1\}[[:space:]]"
}

need_drive() {
  [ -n "$serial" ] && [ -n "$device" ] || deny bad_request "serial and device are needed"
  check_drive && return
  case $why in
    no_smartctl) deny no_smartctl "smartctl does not run" ;;
    device_lost) deny device_lost "no drive answers at $device" ;;
    serial_changed) deny serial_changed "the drive at $device has the serial $found, not $serial" ;;
    *) deny size_changed "the drive at $device has $bytes bytes, not $size" ;;
  esac
}

need_tools() {
  have smartctl || deny no_smartctl "smartctl is not installed"
  have badblocks || deny no_badblocks "badblocks is not installed"
  have flock || have lockf || deny no_lock "neither flock nor lockf is installed"
}

version() {
  need_tools
  ok
}

# With `awake yes` a drive that sleeps is not woken; smartctl then says so instead.
smart() {
  need_drive
  ok
  smartctl ${awake:+-n standby} -x --json=c "$host/dev/$device" 2>/dev/null
  printf '\n'
}

# told OUTPUT STATUS: smartctl's bits 0 to 2 mean that the drive did not take the command.
told() {
  [ $(($2 & 7)) -eq 0 ] || deny drive_refused "$(printf '%s\n' "$1" | last_line)"
}

# last_line: the last line of the input that is not empty.
last_line() { awk 'NF { line = $0 } END { print line }'; }

self_test() {
  need_drive
  [ -n "$kind" ] || deny bad_request "a kind is needed"
  output=$(smartctl -t "$kind" "$host/dev/$device" 2>&1)
  told "$output" $?
  ok
}

self_test_abort() {
  need_drive
  output=$(smartctl -X "$host/dev/$device" 2>&1)
  told "$output" $?
  ok
}

# --- jobs --------------------------------------------------------------------------------------------

# plan FILE: what may not change when a job is taken up again; the name of its drive may.
plan() { grep -e '^serial ' -e '^size ' -e '^patterns ' -e '^range ' "$1"; }

start() {
  is_word "$token" && [ "$size" -gt 0 ] && [ "$ranges" -gt 0 ] && [ -n "$patterns" ] ||
    deny bad_request "token, size, ranges and patterns are needed"
  job=$jobs/$token
  if [ -d "$job" ]; then
    [ "$(plan "$1")" = "$(plan "$job/request")" ] || deny other_plan "the token is taken by another plan"
    refresh "$token"
    case $(get "$job/state") in interrupted*) ;; *) ok && return ;; esac
  fi
  need_tools
  need_drive
  in_use && deny in_use "something on the NAS holds $device or a part of it"
  lock=$(lock_of "$serial")
  put_down "$lock"
  is_held "$lock" && deny busy "the drive is already being written to: $(get "$lock.owner")"
  mkdir -p "$job"
  cp "$1" "$job/request.new" && mv -f "$job/request.new" "$job/request"
  sed -n 's/^range //p' "$job/request" >"$job/ranges"
  put "$job/serial" "$serial"
  put "$job/state" interrupted
  rm -f "$job/stop"
  detach work "$token"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    case $(get "$job/state") in interrupted*) sleep 0.5 ;; *) ok && return ;; esac
  done
  deny not_started "the worker did not start"
}

# says PID TEXT: does a process with this text in its words run?  Numbers are used again.
says() {
  [ "$1" -gt 1 ] || return 1
  words=$({ tr '\000' ' ' <"/proc/$1/cmdline" || ps -o args= -p "$1"; } 2>/dev/null)
  case "$words " in *" $2 "*) ;; *) return 1 ;; esac
}

# end_writer JOB: end its badblocks; a stopped process takes the signal only once it goes on.
end_writer() {
  pid=$(get "$1/pid" 0)
  says "$pid" "$1/bad" && kill -TERM "$pid" && kill -CONT "$pid"
}

# put_down LOCK: end the badblocks of a drive whose worker was killed.
put_down() {
  owner=$(get "$1.owner" -)
  says "$(get "$jobs/$owner/worker" 0)" "$owner" || ! end_writer "$jobs/$owner" || ended "$owner"
}

# detach ARGUMENT...: run this script so that it outlives the middleware.
detach() {
  if have systemd-run && systemctl show-environment >/dev/null 2>&1; then
    systemd-run --quiet --collect --unit="truenas-burnin-$2" sh "$self" "$@" 9>&-
  elif have daemon; then
    daemon -f sh "$self" "$@" 9>&-
  elif have setsid; then
    setsid sh "$self" "$@" </dev/null >/dev/null 2>&1 9>&- &
  else
    nohup sh "$self" "$@" </dev/null >/dev/null 2>&1 9>&- &
  fi
}

# refresh TOKEN: a job that says it runs without a worker was interrupted, by a reboot for example.
# One that has ended may not have come to say so.
refresh() {
  state=$(get "$jobs/$1/state")
  case $state in
    '') ;;
    running* | paused*)
      job=$jobs/$1
      put_down "$(lock_of "$(get "$job/serial")")"
      is_alive "$1" && return
      # Its last words may have come since we read the state.
      case $(get "$job/state") in running* | paused*) set_state interrupted ;; esac
      (read_request "$job/request" && write_status)
      ;;
    *)
      job=$jobs/$1
      grep -q "\"state\":\"${state%% *}\"" "$job/status" || (read_request "$job/request" && write_status)
      ;;
  esac
}

status() {
  if [ -n "$token" ]; then
    known_token
    refresh "$token"
    ok
    get "$job/status"
    printf 'ranges\n'
    cat "$job/done" "$job/failed" 2>/dev/null
    return 0
  fi
  for job in "$jobs"/*/; do
    [ -e "$job/request" ] && refresh "$(basename "$job")"
  done
  publish
  ok
  cat "$root/status"
}

pause() {
  put "$job/hold" "${reason:-person}"
  ok
}

resume() {
  rm -f "$job/hold"
  ok
}

# ended TOKEN: wait a while for its worker to end.
ended() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    is_alive "$1" || return 0
    sleep 0.5
  done
  return 1
}

stop() {
  : >"$job/stop"
  if is_alive "$token"; then
    end_writer "$job"
    ended "$token" || deny still_running "the worker does not end: the drive may hang"
  fi
  case $(get "$job/state") in
    running* | paused* | interrupted*)
      set_state stopped
      (read_request "$job/request" && write_status)
      publish
      ;;
  esac
  ok
}

clean() {
  is_alive "$token" && deny still_running "stop it first"
  rm -rf "$job"
  publish
  ok
}

# --- the worker --------------------------------------------------------------------------------------

set_state() { put "$job/state" "$*"; }

# write_status: the status line of $job; its request has been read.
write_status() {
  read -r state reason <<EOT
$(get "$job/state")
EOT
  touch "$job/done"
  # shellcheck disable=SC2046 # numbers
  set -- $(awk '{n++; s+=$5} END {print n+0, s+0}' "$job/done") $(phase_and_percent) \
    $(cat "$job/done" "$job/failed" 2>/dev/null | awk '{r+=$6; w+=$7; c+=$8} END {print r+0, w+0, c+0}')
  seconds=$(($2 + $(date +%s) - $(get "$job/began" "$(date +%s)")))
  case $state in running | paused) ;; *) seconds=$(get "$job/seconds" "$2") ;; esac
  put "$job/seconds" "$seconds"
  put "$job/status" "$(printf '{"token":"%s","state":"%s","reason":"%s","serial":"%s","device":"%s","ranges":%d,"done":%d,"phase":%d,"phases":%d,"percent":%s,"read":%d,"write":%d,"compare":%d,"first_bad":%s,"block":%s,"temperature":%s,"seconds":%d,"updated":%d,"boot":"%s"}' \
    "$token" "$state" "$(plain "$reason")" "$serial" "$device" "$ranges" "$1" "$3" "$(phases)" "$4" \
    "${5:-0}" "${6:-0}" "${7:-0}" "$(get "$job/first_bad" null)" "$(get "$job/block" 512)" \
    "$(get "$job/temperature" null)" "$seconds" "$(date +%s)" "$(boot)")"
  # Who tails the old file hears no more, and asks for the new one.
  [ "$(wc -c 2>/dev/null <"$root/feed" || echo 0)" -lt "$FEED" ] || rm -f "$root/feed"
  cat "$job/status" >>"$root/feed"
}

phases() {
  # shellcheck disable=SC2086 # hexadecimal words
  set -- $patterns
  echo $(($# * 2))
}

boot() {
  cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime 2>/dev/null | tr -cd '0-9'
}

# phase_and_percent: of the range under way; badblocks shows both with backspaces.
phase_and_percent() {
  tr '\b' '\n' <"$job/output" 2>/dev/null | awk '
    /Testing with pattern|Reading and comparing/ { phase++; percent = 0 }
    match($0, /[0-9.]+% done/) { percent = substr($0, RSTART, RLENGTH) + 0 }
    END { printf "%d %.2f\n", phase, percent }' || echo 0 0
}

# publish: put the lines of all jobs together. Others do so too: whoever comes last sees that it is right.
publish() {
  for _ in 1 2 3 4 5; do # no endless attempts where nothing can be written
    cat "$jobs"/*/status >"$root/status.$$" 2>/dev/null
    mv -f "$root/status.$$" "$root/status"
    cat "$jobs"/*/status 2>/dev/null | cmp -s - "$root/status" && return
  done
}

# degrees_of NAME: a temperature of the job, 0 if it is not known.
degrees_of() {
  degrees_there=$(get "$job/$1" 0)
  is_number "$degrees_there" || degrees_there=0
  echo "$degrees_there"
}

# take_temperature: without waking a drive that sleeps.
take_temperature() {
  degrees=$(smartctl -A -n standby --json=c "$host/dev/$device" 2>/dev/null </dev/null |
    sed -n 's/.*"temperature": *{[^}]*"current": *\([0-9]*\).*/\1/p')
  put "$job/temperature" "${degrees:-null}"
  [ "${degrees:-0}" -le "$(degrees_of hottest)" ] || put "$job/hottest" "$degrees"
}

# guard: pause when the drive is too hot or a person says so; go on when it has cooled down.
guard() {
  degrees=$(get "$job/temperature" null)
  read -r state reason <<EOT
$(get "$job/state")
EOT
  # Unknown: too hot stays too hot.
  is_number "$degrees" || case $reason in heat) degrees=999 ;; *) degrees=0 ;; esac
  wanted=''
  if [ -e "$job/hold" ]; then
    wanted=$(get "$job/hold" person)
  elif [ "$pause_at" -gt 0 ] && [ "$degrees" -ge "$pause_at" ]; then
    wanted=heat
  elif [ "$reason" = heat ] && [ "$degrees" -gt "$resume_at" ]; then
    wanted=heat
  fi
  pid=$(get "$job/pid" 0)
  if [ -n "$wanted" ]; then
    [ "$state $reason" = "paused $wanted" ] || set_state paused "$wanted"
    # At every beat: the next range may have begun meanwhile.
    [ "$pid" -gt 1 ] && kill -STOP "$pid" 2>/dev/null
    echo "$tick" >>"$job/paused"
  elif [ "$state" = paused ]; then
    set_state running
    [ "$pid" -gt 1 ] && kill -CONT "$pid" 2>/dev/null
  fi
}

# watch PID: speak and guard at every tick, as long as the worker lives.
watch() {
  beat=0
  while kill -0 "$1" 2>/dev/null; do
    # Somebody removed the job under its worker: nobody could stop it any more.
    [ -d "$job" ] || { kill -TERM "$1" && return; }
    [ $((beat % heat_every)) -ne 0 ] || take_temperature
    guard
    write_status
    publish
    sleep "$tick"
    beat=$((beat + 1))
  done
}

# abandon: end at once and leave the job as it is, to be taken up again.
abandon() {
  kill "$watcher" 2>/dev/null
  [ -z "$child" ] || { kill -TERM "$child" && kill -CONT "$child" && wait "$child"; } 2>/dev/null
  exit 0
}

# finish STATE REASON: the last words of a worker.
finish() {
  kill "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  set_state "$@"
  write_status
  publish
  exit 0
}

work() {
  job=$jobs/$1
  read_request "$job/request" || exit 65
  put "$lock.owner" "$token"
  put "$job/began" "$(date +%s)"
  # A pause that was asked for outlives a reboot.
  if [ -e "$job/hold" ]; then set_state paused "$(get "$job/hold" person)"; else set_state running; fi
  put "$job/worker" $$
  rm -f "$job/output" "$job/pid"
  touch "$job/done"
  child=''
  watch $$ 8>&- &
  watcher=$!
  trap abandon TERM
  index=0
  verified=$(awk 'END {print NR}' "$job/done")
  while read -r block first last; do
    index=$((index + 1))
    [ "$index" -gt "$verified" ] || continue
    [ ! -e "$job/stop" ] || finish stopped
    await_go
    for _ in 1 2 3; do
      check_drive && break
      case $why in device_lost) sleep "$tick" ;; no_smartctl) finish stopped "$why" ;; *) finish refused "$why" ;; esac
    done
    [ -z "$why" ] || finish failed "$why"
    ! in_use || finish refused in_use
    [ -d "$job" ] || abandon
    put "$job/block" "$block"
    put "$job/hottest" "$(degrees_of temperature)"
    : >"$job/paused"
    began=$(date +%s)
    put "$job/began" "$began"
    run_range
    judge_range
  done <"$job/ranges"
  : >"$job/output"
  finish passed
}

# await_go: do not begin a range while paused.
await_go() {
  while case $(get "$job/state") in paused*) [ ! -e "$job/stop" ] ;; *) false ;; esac; do sleep "$tick"; done
}

# run_range: write and read back $first to $last; what came of it is in output, bad and $outcome.
run_range() {
  rm -f "$job/bad"
  if [ "$last" -gt "$MAX_BLOCK" ]; then
    by_dd >"$job/output" 2>&1 </dev/null &
  else
    count=$((CHUNK / block))
    [ "$count" -gt 0 ] || count=1
    tests=''
    for pattern in $patterns; do tests="$tests -t 0x$pattern"; done
    # Never with -f: its refusal of a drive in use is a second guard.
    # shellcheck disable=SC2086 # patterns are words
    badblocks -w -s -v -b "$block" -c "$count" -e "$max_errors" -o "$job/bad" $tests \
      "$host/dev/$device" "$last" "$first" >/dev/null 2>"$job/output" </dev/null &
  fi
  child=$!
  put "$job/pid" "$child"
  wait "$child"
  outcome=$?
  child=''
  put "$job/pid" 0
}

# by_dd: a short range whose block numbers are too big for badblocks, in badblocks' words.
by_dd() {
  blocks=$((last - first + 1))
  flag=''
  [ "$(uname -s)" != Linux ] || flag=direct # else the page cache answers
  read_errors=0 write_errors=0 compare_errors=0
  for pattern in $patterns; do
    printf 'Testing with pattern 0x%s: done\n' "$pattern"
    dd if=/dev/zero bs="$block" count="$blocks" 2>/dev/null |
      tr '\000' "$(printf '\\%03o' "0x$pattern")" >"$job/tail"
    if ! said=$(dd if="$job/tail" of="$host/dev/$device" bs="$block" seek="$first" conv=notrunc ${flag:+oflag=$flag} 2>&1); then
      case $said in *busy* | *'not permitted'*) printf '%s\n' "$said" && exit 1 ;; esac
      write_errors=$((write_errors + blocks))
    fi
    sync
    printf 'Reading and comparing: done\n'
    if dd if="$host/dev/$device" of="$job/back" bs="$block" skip="$first" count="$blocks" ${flag:+iflag=$flag} 2>/dev/null; then
      cmp -s "$job/back" "$job/tail" || compare_errors=$((compare_errors + blocks))
    else
      read_errors=$((read_errors + blocks))
    fi
  done
  rm -f "$job/tail" "$job/back"
  bad=$((read_errors + write_errors + compare_errors))
  [ "$bad" -eq 0 ] || printf '%s\n' "$first" >"$job/bad"
  printf 'Pass completed, %d bad blocks found. (%d/%d/%d errors)\n' "$bad" "$read_errors" "$write_errors" "$compare_errors"
}

# judge_range: badblocks ends with 0 even when it found bad blocks; only its last words count.
judge_range() {
  counts=$(tr '\b' '\n' <"$job/output" |
    sed -n 's/^Pass completed, [0-9]* bad blocks found\. (\([0-9]*\)\/\([0-9]*\)\/\([0-9]*\) errors).*/\1 \2 \3/p')
  took=$(($(date +%s) - began - $(awk '{s+=$1} END {print s+0}' "$job/paused")))
  [ "$took" -ge 0 ] || took=0
  row="$((index - 1)) $block $first $last $took"
  hottest=$(degrees_of hottest)
  [ "$hottest" -gt 0 ] || hottest=null
  if [ -n "$counts" ] && [ "$counts" = "0 0 0" ] && [ ! -s "$job/bad" ]; then
    # No space, or the job is gone: not the drive's fault, and done again once it can be kept.
    (cat "$job/done" && printf '%s 0 0 0 %s\n' "$row" "$hottest") >"$job/done.$$" || abandon
    mv -f "$job/done.$$" "$job/done"
    return
  fi
  [ ! -e "$job/stop" ] || finish stopped
  if [ -z "$counts" ] && [ "$outcome" -ge 128 ] && ! [ -s "$job/bad" ]; then
    # Killed by somebody else, as at a shutdown: not the drive's fault.
    abandon
  fi
  if [ -s "$job/bad" ]; then
    put "$job/first_bad" "$(sort -n "$job/bad" | head -n 1)"
  fi
  if [ -n "$counts" ]; then
    printf '%s %s %s\n' "$row" "$counts" "$hottest" >"$job/failed"
    check_drive || finish failed "$why"
    finish failed bad_blocks
  fi
  check_drive || finish failed "$why"
  words=$(tr '\b' '\n' <"$job/output" | last_line)
  [ "$outcome" -ne 0 ] || finish stopped "no_result $words"
  [ "$outcome" -ne 127 ] || finish stopped no_badblocks
  case $words in
    *'not safe'* | *'not permitted'* | *busy*) finish refused "in use: $words" ;;
    *) finish failed "badblocks: $words" ;;
  esac
}

# --- main --------------------------------------------------------------------------------------------

# A folder that others can write to would let them run anything as root.
[ -n "$(find "$root" -prune -user "$(id -u)" ! -perm -0020 ! -perm -0002 -print)" ] || exit 77
chmod 700 "$root"
mkdir -p "$root/spool" "$jobs" "$root/locks"

case ${1-} in
  spool)
    have flock || exec lockf -k -s "$root/lock" sh "$self" spool-locked
    exec 9>>"$root/lock"
    flock 9
    spool
    ;;
  spool-locked) spool ;;
  work | work-locked)
    is_word "${2-}" && [ -d "$jobs/$2" ] || exit 64
    lock=$(lock_of "$(get "$jobs/$2/serial")")
    if [ "$1" = work ]; then
      have flock || exec lockf -k -s -t 0 "$lock" sh "$self" work-locked "$2"
      exec 8>>"$lock"
      flock -n 8 || exit "$BUSY"
    fi
    work "$2"
    ;;
  *)
    echo "usage: ${0##*/} spool | work TOKEN" >&2
    exit 64
    ;;
esac
