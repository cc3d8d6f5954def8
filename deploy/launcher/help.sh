# `warren help`.
# shellcheck shell=bash

print_help() {
  cat <<END
Warren: a task fleet for RabbitMQ on the JVM.

Usage: $WARREN COMMAND [OPTIONS]

A first minute
  $WARREN demo                        real work on two worker JVMs, then a table
  $WARREN up                          a broker, workers and a gateway, in the background
  $WARREN submit echo '{"message":"hello"}' --wait
  seq 1000 | $WARREN map echo         a task for each line, results as they come
  $WARREN down                        stops what 'up' has started

The fleet
  up             starts what is missing of broker, workers and gateway; leaves it running
  status         what runs, since when, on which ports
  logs           shows the logs: logs [-f] [worker|gateway|broker]
  down           stops exactly that; --purge also removes the broker's data and the logs
  worker         one worker in the foreground, as a service manager would run it
  gateway        the gateway in the foreground
  demo           broker, two worker JVMs and real tasks; stops everything unless --keep
  demo lanes     the same work in each lane, side by side, and a task that hangs in each

Tasks
  submit         one task; --wait for its result
  map            a task for each line of standard input
  types          the task types that the fleet knows; 'submit TYPE --help' shows one's arguments
  queues         the task queues: waiting, running, dead
  queue          one of them: peek, purge, pause, resume
  dead           tasks that died: list, show, replay, edit, purge
  workers        who works: lanes, load, versions
  worker status  the workers of this machine and their processes, without asking a broker
  permits        how many attempts may run at once in the whole fleet: list, show, set, remove
  advise         per task type: how long, how busy, which lane and concurrency suit it, and why
  worker drain   ends workers that run, in order; 'worker restart' lets them start again
  topology       the exchanges and queues of the broker: print, diff, apply
  config show    every setting and where it comes from (--origin)
  doctor         looks for what is wrong and says how to mend it

Working on Warren
  test           the whole build with all its tests on a real broker; --full for the long ones
  fmt            formats the sources
  bench          benchmarks, beside RabbitMQ's own PerfTest
  chaos          a fleet under load while its parts are killed, and whether anything was lost
  startup        makes the caches with which the programs start faster; also done by itself
  install DIR    puts a release into DIR; afterwards DIR/bin/warren needs no sources

'$WARREN COMMAND --help' tells more of each. 'up', 'demo' and 'test' need a RabbitMQ and get one:
  --broker URI      that one; also WARREN_URI in the environment
  --broker local    one that runs on this machine at port 5672
  --broker docker   a container, if Docker runs
  --broker node     a private node of the installed rabbitmq-server; asks before it installs one
Without --broker the first of these that is there is taken, and named.

Environment: WARREN_URI, WARREN_JAVA_HOME (a JDK $JAVA_NEEDED), WARREN_JAVA_OPTS (more JVM flags),
WARREN_STATE (where 'up' keeps its files; now $(state_dir)).
END
}
