/**
 * What is cancelled, and which queues are paused: every worker and gateway reads the stream of
 * cancellations from its beginning, takes its first task only when it knows them all, and hears of
 * new ones from then on.
 */
@NullMarked
package dev.warren.engine.cancel;

import org.jspecify.annotations.NullMarked;
