package dev.warren.engine.wire;

/** Something that happened, as published to {@code warren.events}. */
public sealed interface Event
    permits OutcomeEvent, TaskDelayed, TaskRetrying, TaskProgress, BatchOpened, BatchClosed, Pong {
  /** The routing key: {@code <event>.<queue>.<reply token or ->}. */
  String routingKey();
}
