package dev.warren.producer.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Which recorded outcomes are wanted; null for all.
 *
 * @param type a task type
 * @param queue a work queue
 * @param state a state of an ended task
 */
public record EventFilter(
    @Nullable String type, @Nullable String queue, TaskStatus.@Nullable State state) {
  public static final EventFilter ALL = new EventFilter(null, null, null);
}
