# Ends the processes of an AppHost that has died. Standard input is a pipe to it, with lines "add <pid> <signal>" and "remove <pid>";
# its end means that the AppHost is gone. $1 is the name and $2 the value of the variable that all its processes have in their environment.

trap '' HUP INT TERM
marker="$1=$2"
watched=''

# When a process was started: with its id it names the process for ever, although ids are used again.
start_time() {
    if [ -r "/proc/$1/stat" ]; then
        read -r line < "/proc/$1/stat" 2> /dev/null || return
        set -- ${line##*") "}
        echo "${20}"
    elif [ ! -d /proc/self ]; then
        ps -o lstart= -p "$1" 2> /dev/null | tr ' ' '_'
    fi
}

# Of what is watched ("pid:start:signal"), what still runs.
running() {
    for entry in $watched; do
        pid=${entry%%:*}
        rest=${entry#*:}
        started=$(start_time "$pid")
        if [ -n "$started" ] && [ "$started" = "${rest%:*}" ]; then
            echo "$entry"
        fi
    done
}

while read -r verb pid signal; do
    case $verb in
        add) watched="$watched $pid:$(start_time "$pid"):$signal" ;;
        remove)
            kept=''
            for entry in $watched; do
                [ "${entry%%:*}" = "$pid" ] || kept="$kept $entry"
            done
            watched=$kept
            ;;
    esac
done

for entry in $(running); do
    kill "-${entry##*:}" "${entry%%:*}" 2> /dev/null
done

# Two seconds to end politely: a database then needs no recovery at its next start.
tries=0
while [ "$tries" -lt 20 ] && [ -n "$(running)" ]; do
    sleep 0.1
    tries=$((tries + 1))
done

for entry in $(running); do
    kill -KILL -- "-${entry%%:*}" 2> /dev/null
done

# What was started at the very moment at which the AppHost died, and grandchildren that left the session.
if [ -d /proc/self ]; then
    for environment in $(grep -lsxzF -- "$marker" /proc/[0-9]*/environ 2> /dev/null); do
        pid=${environment#/proc/}
        kill -KILL "${pid%/environ}" 2> /dev/null
    done
fi
