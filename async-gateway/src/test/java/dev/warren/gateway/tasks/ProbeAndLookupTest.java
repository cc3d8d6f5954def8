package dev.warren.gateway.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.RejectedTask;
import dev.warren.api.TaskType;
import dev.warren.gateway.lane.AsyncTaskProvider;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeAndLookupTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int NAME_ERROR = 3;
  private static final int SERVER_FAILURE = 2;

  private final TasksInTest tasks = new TasksInTest(Map.of("http.allow", "127.0.0.1"));

  @AfterEach
  void close() {
    tasks.close();
  }

  @Test
  void theServiceLoaderFindsTheTasks() {
    assertThat(ServiceLoader.load(AsyncTaskProvider.class))
        .hasExactlyElementsOfTypes(BuiltInAsyncTasks.class);
    for (TaskType<?, ?> type :
        List.of(HttpRequest.TYPE, HttpDownload.TYPE, TcpProbe.TYPE, DnsLookup.TYPE)) {
      assertThat(type.options().queue()).isEqualTo("async");
      assertThat(type.description()).isNotEmpty();
    }
  }

  @Test
  void aPortThatAcceptsIsConnectedAndClosedAgain() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    int port =
        tasks
            .vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  seen.incrementAndGet();
                  open.incrementAndGet();
                  socket.closeHandler(closed -> open.decrementAndGet());
                })
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    tasks.name("service.test", "127.0.0.1");

    TcpProbe.Result result =
        tasks.done(TcpProbe.TYPE, new TcpProbe.Arguments("service.test", port, null));

    assertThat(result.connected()).isTrue();
    assertThat(result.address()).isEqualTo("127.0.0.1");
    assertThat(result.reason()).isNull();
    await().atMost(LIMIT).until(() -> seen.get() == 1 && open.get() == 0);
  }

  @Test
  void aPortThatDoesNotAcceptIsAResultToo() throws Exception {
    TcpProbe.Result refused =
        tasks.done(TcpProbe.TYPE, new TcpProbe.Arguments("127.0.0.1", 1, null));
    assertThat(refused.connected()).isFalse();
    assertThat(refused.address()).isEqualTo("127.0.0.1");
    assertThat(refused.reason()).containsIgnoringCase("refused");

    TcpProbe.Result unknown =
        tasks.done(TcpProbe.TYPE, new TcpProbe.Arguments("nowhere.test", 80, null));
    assertThat(unknown.connected()).isFalse();
    assertThat(unknown.address()).isNull();
    assertThat(unknown.reason()).contains("'nowhere.test' is not known");
  }

  @Test
  void aProbeOfAClosedAddressIsRefused() {
    for (String host : new String[] {"10.0.0.1", "::1", "169.254.169.254"}) {
      assertThatThrownBy(() -> tasks.run(TcpProbe.TYPE, new TcpProbe.Arguments(host, 80, null)))
          .as(host)
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("--set http.allow=" + host);
    }
  }

  /** A name server of one answer; returns what to set. */
  private Map<String, String> nameServer(int code, int type, byte[]... records) {
    DatagramSocket socket = tasks.vertx.createDatagramSocket();
    socket.handler(packet -> answer(socket, packet, code, type, records));
    int port = socket.listen(0, "127.0.0.1").await().localAddress().port();
    return Map.of("dns.server", "127.0.0.1:" + port);
  }

  /** RFC 1035, 4.1: header, the question again, and the records. */
  private static void answer(
      DatagramSocket socket, DatagramPacket packet, int code, int type, byte[]... records) {
    Buffer question = packet.data();
    int end = 12;
    while (question.getByte(end) != 0) {
      end += question.getByte(end) + 1;
    }
    end += 5;
    Buffer answer =
        Buffer.buffer()
            .appendShort(question.getShort(0))
            .appendShort((short) (0x8180 | code))
            .appendShort((short) 1)
            .appendShort((short) records.length)
            .appendInt(0)
            .appendBuffer(question.getBuffer(12, end));
    for (byte[] record : records) {
      answer
          .appendShort((short) 0xc00c)
          .appendShort((short) type)
          .appendShort((short) 1)
          .appendInt(60)
          .appendShort((short) record.length)
          .appendBytes(record);
    }
    socket.send(answer, packet.sender().port(), packet.sender().host());
  }

  private static byte[] text(String text) {
    return Buffer.buffer()
        .appendByte((byte) text.length())
        .appendString(text, StandardCharsets.UTF_8.name())
        .getBytes();
  }

  private DnsLookup.Result lookup(Map<String, String> settings, @Nullable String type)
      throws Exception {
    try (TasksInTest asking = new TasksInTest(settings)) {
      return asking.done(DnsLookup.TYPE, new DnsLookup.Arguments("some.test", type, null));
    }
  }

  @Test
  void recordsAreLookedUpByType() throws Exception {
    DnsLookup.Result a =
        lookup(nameServer(0, 1, new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}), null);
    assertThat(a.records()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    assertThat(a.type()).isEqualTo("A");
    assertThat(a.code()).isEqualTo("NOERROR");

    assertThat(lookup(nameServer(0, 16, text("v=one")), "txt").records()).containsExactly("v=one");
    byte[] mail = {0, 10, 4, 'm', 'a', 'i', 'l', 0};
    assertThat(lookup(nameServer(0, 15, mail), "MX").records())
        .singleElement()
        .asString()
        .startsWith("10 mail");
  }

  @Test
  void aNameThatDoesNotExistIsAResult() throws Exception {
    DnsLookup.Result result = lookup(nameServer(NAME_ERROR, 1), "A");

    assertThat(result.code()).isEqualTo("NXDOMAIN");
    assertThat(result.records()).isEmpty();
  }

  @Test
  void aServerThatFailsOrIsSilentMakesAFailedAttempt() {
    assertThatThrownBy(() -> lookup(nameServer(SERVER_FAILURE, 1), "A"))
        .hasMessageContaining("SERVFAIL");
    DatagramSocket silent = tasks.vertx.createDatagramSocket();
    int port = silent.listen(0, "127.0.0.1").await().localAddress().port();
    try (TasksInTest asking = new TasksInTest(Map.of("dns.server", "127.0.0.1:" + port))) {
      assertThatThrownBy(
              () ->
                  asking.run(
                      DnsLookup.TYPE,
                      new DnsLookup.Arguments("some.test", "A", Duration.ofMillis(200))))
          .hasMessageContaining("200 ms");
    }
  }

  @Test
  void argumentsThatMakeNoSenseAreRejected() {
    assertThatThrownBy(() -> new DnsLookup.Arguments("a b", null, null))
        .isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> new DnsLookup.Arguments("example.org", "ANY", null))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("ANY");
    assertThatThrownBy(() -> new TcpProbe.Arguments("example.org", 0, null))
        .isInstanceOf(RejectedTask.class);
  }
}
