/**
 * How long a task takes at a fixed rate, beside a hand-tuned program that does the same with the
 * AMQP client alone.
 */
@NullMarked
package dev.warren.bench.latency;

import org.jspecify.annotations.NullMarked;
