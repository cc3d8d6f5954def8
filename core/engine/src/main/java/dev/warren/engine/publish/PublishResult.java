package dev.warren.engine.publish;

import dev.warren.api.WarrenException;

/** What became of a published message. */
public sealed interface PublishResult {
  /** The broker has it: written to disk by a majority of the queue's replicas. */
  record Confirmed() implements PublishResult {}

  /** No queue took the mandatory message. */
  record Returned(String exchange, String routingKey) implements PublishResult {}

  /**
   * The broker said no: the queue is full, a permission is missing, the exchange does not exist.
   */
  record Refused(WarrenException reason) implements PublishResult {}

  /** The deadline passed before the message was sent: the broker certainly does not have it. */
  record NotSent(WarrenException reason) implements PublishResult {}

  /**
   * The deadline passed after the message was sent and before a confirm: the broker may have it.
   */
  record Undecided(String reason) implements PublishResult {}

  PublishResult CONFIRMED = new Confirmed();
}
