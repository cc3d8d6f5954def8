package dev.warren.bench.lane;

import dev.warren.api.Lane;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The work of the comparison, as a user would write it, in the lane that the setting {@value
 * #LANE_SETTING} names. Without the setting there is nothing: it is on the class path of all
 * benchmarks.
 */
public final class LanesTasks implements TaskProvider {
  static final String LANE_SETTING = "lanes.lane";

  /** What tasks that do not end get, in milliseconds. */
  static final String LIMIT_SETTING = "lanes.limit-millis";

  private static final byte[] BLOCK = new byte[1 << 20];

  @Override
  public void register(TaskRegistry registry) {
    registry
        .setting(LANE_SETTING)
        .map(DemoLane::valueOf)
        .ifPresent(lane -> register(registry, lane.queue(), Lane.valueOf(lane.name())));
  }

  static Duration limit(Optional<String> setting) {
    return setting.map(Long::valueOf).map(Duration::ofMillis).orElseThrow();
  }

  private static void register(TaskRegistry registry, String queue, Lane lane) {
    Duration limit = limit(registry.setting(LIMIT_SETTING));
    HttpClient http = HttpClient.newHttpClient();
    registry.register(LanesTypes.digest(queue), lane, LanesTasks::digest);
    registry.register(LanesTypes.pause(queue), lane, LanesTasks::pause);
    registry.register(LanesTypes.fetch(queue), lane, (page, context) -> fetch(http, page.url()));
    registry.register(LanesTypes.read(queue, limit), lane, LanesTasks::read);
    registry.register(LanesTypes.loop(queue, limit), lane, LanesTasks::loop);
  }

  private static LanesTypes.Digest digest(LanesTypes.Bytes bytes, TaskContext context)
      throws NoSuchAlgorithmException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < bytes.mebibytes(); i++) {
      sha256.update(BLOCK);
    }
    return new LanesTypes.Digest(HexFormat.of().formatHex(sha256.digest()));
  }

  private static LanesTypes.Span pause(LanesTypes.Pause pause, TaskContext context)
      throws InterruptedException {
    long began = System.currentTimeMillis();
    // A latch that nobody opens: blocks as a call to a slow service would.
    if (new CountDownLatch(1).await(pause.millis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("somebody opened the latch");
    }
    return new LanesTypes.Span(began, System.currentTimeMillis());
  }

  private static LanesTypes.Length fetch(HttpClient http, URI page)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).build();
    return new LanesTypes.Length(http.send(request, BodyHandlers.ofByteArray()).body().length);
  }

  private static LanesTypes.Nothing read(LanesTypes.Silence silence, TaskContext context)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), silence.port());
        InputStream answer = socket.getInputStream()) {
      if (answer.read() >= 0) {
        throw new IOException("the server was to say nothing");
      }
      return new LanesTypes.Nothing();
    }
  }

  private static LanesTypes.Nothing loop(LanesTypes.Turns turns, TaskContext context) {
    for (long turn = 0; turn != turns.count(); turn++) {
      Thread.onSpinWait();
    }
    return new LanesTypes.Nothing();
  }
}
