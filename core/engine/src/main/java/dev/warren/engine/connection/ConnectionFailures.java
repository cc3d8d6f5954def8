package dev.warren.engine.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.WarrenException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what the client library throws while connecting into one line a person can act on. */
final class ConnectionFailures {
  private ConnectionFailures() {}

  static WarrenException explain(BrokerSettings settings, Exception failure) {
    if (find(failure, AuthenticationFailureException.class).isPresent()) {
      return loginRefused(settings, failure);
    }
    Optional<AMQP.Connection.Close> close =
        find(failure, ShutdownSignalException.class).flatMap(ConnectionFailures::closeOf);
    if (close.isPresent() && close.get().getReplyCode() == AMQP.NOT_ALLOWED) {
      return virtualHostRefused(settings, close.get().getReplyText(), failure);
    }
    if (close.isPresent() && close.get().getReplyCode() == AMQP.ACCESS_REFUSED) {
      return loginRefused(settings, failure);
    }
    return new BrokerUnreachableException(
        "no connection to the broker at " + settings.address() + ": " + reason(settings, failure),
        failure);
  }

  private static Optional<AMQP.Connection.Close> closeOf(ShutdownSignalException signal) {
    return signal.getReason() instanceof AMQP.Connection.Close close
        ? Optional.of(close)
        : Optional.empty();
  }

  private static LoginRefusedException loginRefused(BrokerSettings settings, Exception failure) {
    String hint =
        settings.username().equals("guest")
            ? "check the password, or name another user: 'guest' may log in from the broker's own"
                + " machine only"
            : "check user name and password";
    return new LoginRefusedException(
        "the broker at "
            + settings.address()
            + " refused the login of user '"
            + settings.username()
            + "': "
            + hint
            + " (broker.username, broker.password-file or WARREN_BROKER_PASSWORD)",
        failure);
  }

  private static LoginRefusedException virtualHostRefused(
      BrokerSettings settings, String answer, Exception failure) {
    String host = "'" + settings.virtualHost() + "'";
    String what;
    if (answer.contains("not found")) {
      what = "there is no virtual host " + host + ": create it, or correct the broker address";
    } else if (answer.contains("limit")) {
      what = "virtual host " + host + " takes no more connections: " + answer;
    } else {
      what =
          "user '"
              + settings.username()
              + "' has no access to virtual host "
              + host
              + ": grant permissions, or correct the broker address";
    }
    return new LoginRefusedException(
        "the broker at " + settings.address() + " accepted the login, but " + what, failure);
  }

  private static String reason(BrokerSettings settings, Exception failure) {
    if (find(failure, UnknownHostException.class).isPresent()) {
      return "the host name is unknown; correct broker.uri";
    }
    if (find(failure, MalformedFrameException.class).isPresent()) {
      return "what answers there does not speak AMQP 0-9-1; correct broker.uri: its port, or amqps://"
          + " for TLS";
    }
    if (find(failure, SSLException.class).isPresent()) {
      String detail = find(failure, SSLException.class).map(SSLException::getMessage).orElse("");
      return "TLS failed ("
          + detail
          + "); check the port (5671 as a rule), broker.tls.trust and the host name in the"
          + " certificate";
    }
    if (find(failure, SocketTimeoutException.class).isPresent()
        || find(failure, TimeoutException.class).isPresent()) {
      return "no answer within "
          + settings.connectTimeout().toMillis()
          + " ms; is it running, is a firewall between?";
    }
    if (find(failure, ConnectException.class).isPresent()) {
      return "nothing listens there; start the broker ('warren up') or correct broker.uri";
    }
    if (find(failure, PossibleAuthenticationFailureException.class).isPresent()) {
      // A broker since 3.3 says so when it refuses a login; a bare end is a broken connection.
      return "it closed the connection during the login; it may be stopping";
    }
    String message = failure.getMessage();
    return (message == null ? failure.getClass().getSimpleName() : message)
        + (settings.usesTls()
            ? "; it may want a client certificate (broker.tls.key-store)"
            : "; if the port speaks TLS, use amqps://");
  }

  private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> kind) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < 20; depth++) {
      if (kind.isInstance(at)) {
        return Optional.of(kind.cast(at));
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}
