/**
 * The command line. Results go to standard output and nothing else does; every failure is one line
 * on standard error and one of the frozen exit codes. Everything a command touches of its process
 * (streams, environment, clock, signals) comes in through {@link Surroundings}, so that commands
 * run inside a test as they run in a shell.
 */
@NullMarked
package dev.warren.producer.cli;

import org.jspecify.annotations.NullMarked;
