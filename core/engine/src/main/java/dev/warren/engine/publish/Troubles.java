package dev.warren.engine.publish;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.WarrenException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a publisher does not get on, if it does not. Written by the sender; safe to read anywhere.
 */
final class Troubles {
  private volatile boolean connected;
  private volatile @Nullable String blockedBecause;
  private volatile @Nullable WarrenException lastFailure;

  /** A channel is open, or no longer. */
  void connected(boolean now) {
    connected = now;
    if (now) {
      lastFailure = null;
    }
  }

  /** No channel could be had. */
  void failed(WarrenException failure) {
    lastFailure = failure;
  }

  /** The broker blocks publishers, or with null no longer. */
  void blocked(@Nullable String reason) {
    blockedBecause = reason;
  }

  Optional<String> blocked() {
    return Optional.ofNullable(blockedBecause);
  }

  /** Why messages are not settled now, for people. */
  String text() {
    String blocked = blockedBecause;
    if (blocked != null) {
      return "the broker has blocked publishers ("
          + blocked
          + "): it has too little memory or disk";
    }
    if (connected) {
      return "the broker did not confirm in time";
    }
    WarrenException failure = lastFailure;
    return failure == null ? "the connection was lost" : String.valueOf(failure.getMessage());
  }

  /** What became of a message whose time is over. */
  PublishResult givenUp(Pending pending, String why) {
    if (pending.sent) {
      return new PublishResult.Undecided(why);
    }
    WarrenException failure = lastFailure;
    return new PublishResult.NotSent(
        failure != null ? failure : new BrokerUnreachableException(why));
  }
}
