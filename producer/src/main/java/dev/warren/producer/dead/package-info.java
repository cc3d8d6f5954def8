/**
 * Looks after dead letters, and into queues: {@link dev.warren.producer.dead.DeadLetters} and
 * {@link dev.warren.producer.dead.WorkQueues}, from {@link dev.warren.producer.WarrenClient}. Work
 * is done on the calling thread.
 */
@NullMarked
package dev.warren.producer.dead;

import org.jspecify.annotations.NullMarked;
