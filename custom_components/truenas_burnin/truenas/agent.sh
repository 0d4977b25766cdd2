#!/bin/sh
# The agent on the NAS: burns in drives on its own, and answers requests that come as files.
#
#   agent.sh spool        answers every request in spool/ (run by the disabled cron job)
#   agent.sh answer FILE  says the reply to one request (run by spool, which outlives a drive that hangs)
#   agent.sh work TOKEN   writes and verifies the ranges of one job (detached; needs nobody)
#
# Beside this script, for root only:
#   spool/ID.req, ID.rep  requests and replies: see `read_request` and `answer`
#   jobs/TOKEN/           request, state, verified ranges and status line of one job
#   spent/TOKEN           this job was cleaned, or stopped before it came: it is never begun (again)
#   locks/SERIAL          held by the worker of that drive, and by the badblocks it runs; but see is_alive
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
readonly PATIENCE=20          # seconds that a request waits for its drive, the time it takes to spin up
readonly HANGS=60             # seconds for which a drive that kept a request waiting is not asked again

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

# says PID TEXT: does a process with this text in its words run?  Numbers are used again.
says() {
  [ "$1" -gt 1 ] || return 1
  words=$({ tr '\000' ' ' <"/proc/$1/cmdline" || ps -ww -o args= -p "$1"; } 2>/dev/null)
  case "$words " in *" $2 "*) ;; *) return 1 ;; esac
}

# writes JOB: is its badblocks under way, or its by_dd, which is the worker's shell once more?
writes() {
  pid=$(get "$1/pid" 0)
  says "$pid" "$1/bad" || says "$pid" "${1##*/}"
}

# is_alive TOKEN: does its worker, or the badblocks of a killed worker, still run?
# FreeBSD's lockf keeps the lock to itself: once it is killed, neither of them holds any.
is_alive() {
  says "$(get "$jobs/$1/worker" 0)" "$1" || writes "$jobs/$1" && return
  held=$(lock_of "$(get "$jobs/$1/serial")")
  [ "$(get "$held.owner")" = "$1" ] && is_held "$held"
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
        words=0
        for word in $value; do is_number "$word" && words=$((words + 1)) || return 1; done
        [ "$words" -eq 3 ] || return 1
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
    stop)
      # It may overtake its start.
      is_word "$token" && [ ! -d "$jobs/$token" ] && spend
      known_token && stop
      ;;
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

# is_whole REQUEST: has all of it come?  One that has not after a minute never will.
is_whole() { [ "$(tail -n 1 "$1")" = end ] || [ -n "$(find "$1" -prune -mmin +1)" ]; }

spool() {
  for request in "$root"/spool/*.req; do
    [ -e "$request" ] || continue
    is_whole "$request" || continue
    reply=${request%.req}.rep
    sh "$self" answer "$request" >"$reply.$$" 2>"$root/errors" </dev/null 9>&- &
    await_answer $! || {
      # Its smartctl may be left behind, and write to the old file.
      rm -f "$reply.$$"
      (deny drive_hangs "the drive does not answer") >"$reply.$$"
    }
    [ "$(tail -n 1 "$reply.$$")" = end ] || (deny internal "$(cat "$root/errors")") >"$reply.$$"
    mv -f "$reply.$$" "$reply"
    rm -f "$request"
  done
  find "$root/spool" -type f -mtime +0 -exec rm -f {} +
}

# await_answer PID: wait for the end of a process, but not for a drive.  Where it hangs, end the process for good:
# nothing may begin later that its asker was told does not.
await_answer() {
  waited=0
  while kill -0 "$1" 2>/dev/null; do
    sleep 0.1
    [ -e "$root/spool/$1.asks" ] || waited=0
    waited=$((waited + 1))
    [ "$waited" -gt $((PATIENCE * 10)) ] || continue # tenths
    asked=$(get "$root/spool/$1.asks")
    kill -KILL "$1"
    rm -f "$root/spool/$1.asks"
    [ -z "$asked" ] || put "$asked.hangs" "$(date +%s)"
    return 1
  done
}

# --- the drive ---------------------------------------------------------------------------------------

# ask_drive OPTION...: have smartctl ask it, and let await_answer know meanwhile.  A drive that hangs holds who
# asks it for ever, out of reach of every signal.
ask_drive() {
  lock_of "$serial" >"$root/spool/$$.asks"
  smartctl "$@" "$host/dev/$device"
  set -- $?
  rm -f "$root/spool/$$.asks"
  return "$1"
}

# check_drive: is the drive under this name the planned one, at this moment?  Sets why=CODE, and found=SERIAL.
check_drive() {
  found='' why=''
  facts=$(ask_drive -i --json=c 2>/dev/null </dev/null)
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

# partitions: each with its place, a line each.
partitions() {
  for partition in "$host/sys/block/$device"/*/partition; do
    [ -e "$partition" ] || continue
    partition=${partition%/*}
    printf '%s:%s:%s\n' "${partition##*/}" "$(get "$partition/start")" "$(get "$partition/size")"
  done
}

# is_taken: is the drive in use, or has it a partition that it had not when $job began its range?  Linux lets anybody
# take a drive that badblocks writes to, and a pool's new disk gets a partition first; FreeBSD's kernel lets nobody.
is_taken() {
  in_use && return
  for partition in $(partitions); do
    grep -qxF "$partition" "$job/partitions" || return 0
  done
  return 1
}

need_drive() {
  [ -n "$serial" ] && [ -n "$device" ] || deny bad_request "serial and device are needed"
  hung=$(($(date +%s) - $(get "$(lock_of "$serial").hangs" 0)))
  [ "$hung" -lt 0 ] || [ "$hung" -ge "$HANGS" ] || deny drive_hangs "$device did not answer $hung seconds ago"
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
  ask_drive ${awake:+-n standby} -x --json=c 2>/dev/null
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
  output=$(ask_drive -t "$kind" 2>&1)
  told "$output" $?
  ok
}

self_test_abort() {
  need_drive
  output=$(ask_drive -X 2>&1)
  told "$output" $?
  ok
}

# --- jobs --------------------------------------------------------------------------------------------

# plan FILE: what may not change when a job is taken up again; the name of its drive may.
plan() { grep -e '^serial ' -e '^size ' -e '^patterns ' -e '^range ' "$1"; }

# has_begun: is $job under way, or was it?  Whatever is no such word means that it has to be taken up.
has_begun() {
  case $(get "$job/state") in running* | paused* | passed* | failed* | refused* | stopped*) ;; *) return 1 ;; esac
}

# spend: let the token never be begun again, by whichever ledger still plans to.
spend() { touch "$root/spent/$token" || deny no_space "the agent's folder cannot be written to"; }

start() {
  is_word "$token" && [ "$size" -gt 0 ] && [ "$ranges" -gt 0 ] && [ -n "$patterns" ] ||
    deny bad_request "token, size, ranges and patterns are needed"
  [ ! -e "$root/spent/$token" ] || deny already_done "$token is over and was cleaned"
  job=$jobs/$token
  # Half-made: its request comes last.
  [ -e "$job/request" ] || rm -rf "$job"
  if [ -d "$job" ]; then
    [ "$(plan "$1")" = "$(plan "$job/request")" ] || deny other_plan "the token is taken by another plan"
    refresh "$token"
    has_begun && ok && return
  fi
  need_tools
  need_drive
  in_use && deny in_use "something on the NAS holds $device or a part of it"
  lock=$(lock_of "$serial")
  put_down "$lock"
  owner=$(get "$lock.owner" -)
  if is_held "$lock" || is_alive "$owner"; then deny busy "the drive is already being written to: $owner"; fi
  keep_job "$1" || {
    [ -e "$job/request" ] || rm -rf "$job"
    deny no_space "the job cannot be kept"
  }
  detach work "$token"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    has_begun && ok && return
    sleep 0.5
  done
  deny not_started "the worker did not start"
}

# keep_job FILE: make $job of its request, or give one that was interrupted a new request.
keep_job() {
  mkdir -p "$job" && rm -f "$job/stop" &&
    put "$job/serial" "$serial" && put "$job/state" interrupted &&
    cp "$1" "$job/request.new" && mv -f "$job/request.new" "$job/request"
}

# end_writer JOB: end its badblocks; a stopped process takes the signal only once it goes on.
end_writer() { writes "$1" && kill -TERM "$pid" && kill -CONT "$pid"; }

# put_down LOCK: end the badblocks of a drive whose worker was killed.
put_down() {
  owner=$(get "$1.owner" -)
  says "$(get "$jobs/$owner/worker" 0)" "$owner" || ! end_writer "$jobs/$owner" || ended "$owner"
}

# detach ARGUMENT...: run this script so that it outlives the middleware.
detach() {
  if have systemd-run && systemctl show-environment >/dev/null 2>&1; then
    systemd-run --quiet --collect --unit="truenas-burnin-$2" sh "$self" "$@"
  elif have daemon; then
    daemon -f sh "$self" "$@"
  elif have setsid; then
    setsid sh "$self" "$@" </dev/null >/dev/null 2>&1 &
  else
    nohup sh "$self" "$@" </dev/null >/dev/null 2>&1 &
  fi
}

# refresh TOKEN: a job that says it runs without a worker was interrupted, by a reboot for example.
# One that has ended may not have come to say so.
refresh() {
  job=$jobs/$1
  state=$(get "$job/state")
  case $state in
    '' | running* | paused*)
      put_down "$(lock_of "$(get "$job/serial")")"
      is_alive "$1" && return
      # Its last words may have come since we read the state.
      case $(get "$job/state") in '' | running* | paused*) set_state interrupted ;; esac
      (read_request "$job/request" && write_status)
      ;;
    *)
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
  spend
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
    set -- "$jobs"/*/status
    [ -e "$1" ] || set -- /dev/null
    # Cut where the disk is full, or of a job just removed.
    cat "$@" >"$root/status.$$" 2>/dev/null || { rm -f "$root/status.$$" && continue; }
    mv -f "$root/status.$$" "$root/status"
    cat "$@" 2>/dev/null | cmp -s - "$root/status" && return
  done
}

# degrees_of NAME: a temperature of the job, 0 if it is not known.
degrees_of() {
  degrees_there=$(get "$job/$1" 0)
  is_number "$degrees_there" || degrees_there=0
  echo "$degrees_there"
}

# take_temperature: without waking a drive that sleeps; but the end of a pause for heat needs to be known.
take_temperature() {
  unwoken='-n standby'
  case $(get "$job/state") in 'paused heat'*) unwoken='' ;; esac
  # shellcheck disable=SC2086 # words
  degrees=$(ask_drive -A $unwoken --json=c 2>/dev/null </dev/null |
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
    ! is_taken || { touch "$job/taken" && end_writer "$job"; }
    [ $((beat % heat_every)) -ne 0 ] || take_temperature
    guard
    write_status
    publish
    sleep "$tick"
    beat=$((beat + 1))
  done
}

# begin_watch: without the lock, which a smartctl that hangs would keep. (A redirection of `watch` itself would not
# do: the shell keeps what it has to restore.)
begin_watch() {
  (exec 8>&- && watch $$) &
  watcher=$!
}

end_watch() { [ -z "$watcher" ] || { kill "$watcher" && wait "$watcher"; } 2>/dev/null; }

# abandon: end at once and leave the job as it is, to be taken up again.
abandon() {
  end_watch
  [ -z "$child" ] || { kill -TERM "$child" && kill -CONT "$child" && wait "$child"; } 2>/dev/null
  exit 0
}

# finish STATE REASON: the last words of a worker.
finish() {
  end_watch
  set_state "$@"
  write_status
  publish
  exit 0
}

work() {
  job=$jobs/$1
  read_request "$job/request" || exit 65
  rm -f "$job/output" "$job/pid"
  # A pause that was asked for outlives a reboot.
  begun=running
  [ ! -e "$job/hold" ] || begun="paused $(get "$job/hold" person)"
  touch "$job/done" && put "$lock.owner" "$token" && put "$job/worker" $$ && put "$job/began" "$(date +%s)" &&
    put "$job/partitions" "$(partitions)" && set_state "$begun" || exit 73
  write_status
  publish
  child='' watcher=''
  trap abandon TERM
  while index=$(awk 'END {print NR}' "$job/done") && [ "$index" -lt "$ranges" ]; do
    read -r block first last <<EOT
$(planned | sed -n "$((index + 1))p")
EOT
    [ -n "$last" ] || finish stopped incomplete
    await_go
    [ ! -e "$job/stop" ] || finish stopped
    for _ in 1 2 3; do
      why=device_lost
      # Held open from before its serial number is read until after its last block: so long, whatever is unplugged,
      # the kernel gives the name to no other drive.
      do_range 6<"$host/dev/$device"
      [ -n "$why" ] || break
      sleep "$tick"
    done
    [ -z "$why" ] || finish failed "$why"
  done
  : >"$job/output"
  is_complete || finish stopped incomplete
  finish passed
}

# planned: the ranges of $job, a line each.
planned() { sed -n 's/^range //p' "$job/request"; }

# is_complete: are the verified ranges of $job those that were asked for, every one?
is_complete() {
  wanted=$(planned)
  [ -n "$wanted" ] && [ "$wanted" = "$(awk '{print $2, $3, $4}' "$job/done")" ]
}

# do_range: check the drive, write to it and judge; $why is left where it did not answer.
do_range() {
  check_drive || case $why in
    device_lost) return ;;
    no_smartctl) finish stopped "$why" ;;
    *) finish refused "$why" ;;
  esac
  [ -d "$job" ] || abandon
  ! is_taken || finish refused in_use
  put "$job/partitions" "$(partitions)" || abandon
  put "$job/block" "$block"
  put "$job/hottest" "$(degrees_of temperature)"
  : >"$job/paused"
  began=$(date +%s)
  put "$job/began" "$began"
  run_range
  judge_range
}

# await_go: do not begin a range while paused, nor without a watcher: somebody may have killed it.
await_go() {
  while
    { [ -n "$watcher" ] && kill -0 "$watcher"; } 2>/dev/null || begin_watch
    case $(get "$job/state") in paused*) [ ! -e "$job/stop" ] ;; *) false ;; esac
  do sleep "$tick"; done
}

# run_range: write and read back $first to $last; what came of it is in output, bad and $outcome.
run_range() {
  rm -f "$job/bad" "$job/taken"
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
    [ "$(wc -c <"$job/tail")" -eq $((block * blocks)) ] || { rm -f "$job/tail" && printf 'No space\n' && exit 1; }
    if ! said=$(dd if="$job/tail" of="$host/dev/$device" bs="$block" seek="$first" conv=notrunc ${flag:+oflag=$flag} 2>&1); then
      case $said in *busy* | *'not permitted'*) printf '%s\n' "$said" && exit 1 ;; esac
      write_errors=$((write_errors + blocks))
    fi
    sync
    printf 'Reading and comparing: done\n'
    if ! read_back >/dev/null; then
      read_errors=$((read_errors + blocks))
    elif ! read_back | cmp -s - "$job/tail"; then
      compare_errors=$((compare_errors + blocks))
    fi
  done
  rm -f "$job/tail"
  bad=$((read_errors + write_errors + compare_errors))
  [ "$bad" -eq 0 ] || printf '%s\n' "$first" >"$job/bad"
  printf 'Pass completed, %d bad blocks found. (%d/%d/%d errors)\n' "$bad" "$read_errors" "$write_errors" "$compare_errors"
}

read_back() { dd if="$host/dev/$device" bs="$block" skip="$first" count="$blocks" ${flag:+iflag=$flag} 2>/dev/null; }

# judge_range: badblocks ends with 0 even when it found bad blocks; only its last words count.
judge_range() {
  [ ! -e "$job/taken" ] || finish refused in_use
  counts=$(tr '\b' '\n' <"$job/output" |
    sed -n 's/^Pass completed, [0-9]* bad blocks found\. (\([0-9]*\)\/\([0-9]*\)\/\([0-9]*\) errors).*/\1 \2 \3/p')
  took=$(($(date +%s) - began - $(awk '{s+=$1} END {print s+0}' "$job/paused")))
  [ "$took" -ge 0 ] || took=0
  row="$index $block $first $last $took"
  hottest=$(degrees_of hottest)
  [ "$hottest" -gt 0 ] || hottest=null
  if [ -n "$counts" ] && [ "$counts" = "0 0 0" ] && [ ! -s "$job/bad" ]; then
    # No space, or the job is gone: not the drive's fault, and done again once it can be kept.
    { (cat "$job/done" && printf '%s 0 0 0 %s\n' "$row" "$hottest") >"$job/done.$$" &&
      mv -f "$job/done.$$" "$job/done"; } || abandon
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
    'No space') abandon ;;
    *'not safe'* | *'not permitted'* | *busy*) finish refused "in use: $words" ;;
    *) finish failed "badblocks: $words" ;;
  esac
}

# --- main --------------------------------------------------------------------------------------------

# A folder that others can write to would let them run anything as root.
[ -n "$(find "$root" -prune -user "$(id -u)" ! -perm -0020 ! -perm -0002 -print)" ] || exit 77
chmod 700 "$root"
mkdir -p "$root/spool" "$jobs" "$root/locks" "$root/spent"

case ${1-} in
  spool)
    have flock || exec lockf -k -s "$root/lock" sh "$self" spool-locked
    exec 9>>"$root/lock"
    flock 9
    spool
    ;;
  spool-locked) spool ;;
  answer) answer "$2" ;;
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
    echo "usage: ${0##*/} spool | answer FILE | work TOKEN" >&2
    exit 64
    ;;
esac
