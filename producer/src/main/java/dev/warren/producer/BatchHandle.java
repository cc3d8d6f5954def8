package dev.warren.producer;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.WarrenException;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.Feed;
import dev.warren.producer.gateway.TaskStatus;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch, as those see it who wait for it. What it answers comes from a gateway: each call throws
 * {@link dev.warren.api.GatewayRequiredException} if none answers. Safe for concurrent use.
 */
public final class BatchHandle {
  private static final Logger LOG = LoggerFactory.getLogger(BatchHandle.class);

  private final WarrenClient client;
  private final String id;

  BatchHandle(WarrenClient client, String id) {
    this.client = client;
    this.id = id;
  }

  public String id() {
    return id;
  }

  /** How far it is; empty if the gateway has not heard of it yet. */
  public Optional<BatchStatus> status() {
    return client.gateway().batch(id);
  }

  /**
   * Waits until every member has ended, or the batch is abandoned.
   *
   * @throws AwaitTimeoutException if the limit passes first; the batch goes on
   */
  public BatchStatus await(Duration limit) {
    return client.gateway().awaitBatch(id, limit);
  }

  /**
   * The members that have ended, in the order in which they were recorded.
   *
   * @param follow whether to go on until the batch is over
   */
  public Feed<TaskStatus> results(boolean follow) {
    return client.gateway().results(id, 0, follow);
  }

  /**
   * Cancels its members, those that are added later included: what waits is not run any more, what
   * runs is told to stop. Needs no gateway; where one answers, it notes that the batch was
   * cancelled.
   */
  public void cancel() {
    client.cancelBatch(id);
    try {
      client.gateway().cancelBatch(id);
    } catch (WarrenException unnoted) {
      // Also one that wants another token: the batch is cancelled whether it is noted or not.
      LOG.debug("no gateway notes that batch {} is cancelled", id, unnoted);
    }
  }
}
