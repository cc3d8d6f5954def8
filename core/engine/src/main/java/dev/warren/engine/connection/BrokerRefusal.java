package dev.warren.engine.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The broker's reply code and text when it refuses a command and closes the channel, or the
 * connection, for it.
 *
 * @see <a href="https://www.rabbitmq.com/amqp-0-9-1-reference#constants">AMQP 0-9-1 reply codes</a>
 */
public record BrokerRefusal(int code, String text) {
  private static final int CONNECTION_FORCED = 320;
  private static final int MAX_CAUSES = 20;

  /**
   * The refusal behind an exception of the client library; empty if the connection was lost or
   * closed for another reason than a command.
   */
  public static Optional<BrokerRefusal> in(Throwable failure) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_CAUSES; depth++) {
      if (at instanceof ShutdownSignalException signal) {
        return of(signal.getReason());
      }
      at = at.getCause();
    }
    return Optional.empty();
  }

  private static Optional<BrokerRefusal> of(@Nullable Method reason) {
    if (reason instanceof AMQP.Channel.Close close) {
      return Optional.of(new BrokerRefusal(close.getReplyCode(), close.getReplyText()));
    }
    if (reason instanceof AMQP.Connection.Close close
        && close.getReplyCode() != CONNECTION_FORCED) {
      return Optional.of(new BrokerRefusal(close.getReplyCode(), close.getReplyText()));
    }
    return Optional.empty();
  }

  /** 404: no such queue or exchange. */
  public boolean isNotFound() {
    return code == AMQP.NOT_FOUND;
  }

  /** 403: a permission is missing. */
  public boolean isAccessRefused() {
    return code == AMQP.ACCESS_REFUSED;
  }

  /** 405: it belongs to another connection. */
  public boolean isLocked() {
    return code == AMQP.RESOURCE_LOCKED;
  }

  /** 406: it exists otherwise than declared. */
  public boolean isPreconditionFailed() {
    return code == AMQP.PRECONDITION_FAILED;
  }
}
