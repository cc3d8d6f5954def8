/**
 * Tasks in child processes that can be killed: the worker keeps the broker connection, a child only
 * computes. They speak JSON over a Unix socket; see {@code docs/processes.md}.
 */
@NullMarked
package dev.warren.worker.process;

import org.jspecify.annotations.NullMarked;
