package dev.warren.worker.process;

import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a child does when it starts, with its worker in the same JVM and no task of anybody's: for
 * its startup cache.
 */
public final class ChildTraining {
  private static final int ATTEMPTS = 500;
  private static final Duration LAST_WORDS = Duration.ofMinutes(1);
  private static final String PARAGRAPH = "Lorem ipsum dolor sit amet, consectetur. ".repeat(20);

  private static final TaskType<Given, Given> TYPE =
      TaskType.of("warren.training", Given.class, Given.class);

  /** Fields of the usual kinds. */
  record Given(String text, int number, List<String> words, Map<String, Object> more) {}

  private ChildTraining() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    ChildLogging.apply();
    // As a child does, which learns from its environment where its worker is.
    System.exit(System.getenv().containsKey(ChildDoor.TOKEN_VARIABLE) ? 1 : run());
  }

  private static int run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("warren-training-");
    Path socket = folder.resolve("children");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      SocketChannel child = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      Trainer trainer = new Trainer();
      Link worker = new Link("warren-trainer", server.accept(), trainer);
      trainer.start(worker);
      TaskProvider provider =
          registry ->
              registry.register(
                  TYPE,
                  Lane.PROCESS,
                  (given, context) -> {
                    context.progress(0.5, "half of it");
                    return given;
                  });
      return ChildMain.run(child, "", new ChildLoop(List.of(provider), LAST_WORDS));
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
    }
  }

  /** The worker's side: one attempt after the other. */
  private static final class Trainer implements Link.Receiver {
    private final JsonText arguments =
        JsonText.of(
            "{\"text\":\"" + PARAGRAPH + "\",\"number\":7,\"words\":[\"a\"],\"more\":{\"x\":1.5}}");
    private @Nullable Link link;

    void start(Link to) throws IOException {
      link = to;
      to.start();
    }

    @Override
    public void received(JsonText message) {
      switch (MessageCodec.readSaid(message)) {
        case Said.Hello _ -> send(new Told.Load(List.of(), Map.of()));
        case Said.Ready _ -> send(attempt(1));
        case Said.Done(int run, JsonText _) when run < ATTEMPTS -> send(attempt(run + 1));
        case Said.Ended _ -> end();
        default -> {}
      }
    }

    private Told attempt(int run) {
      TaskId task = TaskId.next();
      return new Told.Run(
          run, new Told.Work(task, TYPE.name(), 1, 1, task + "-1", Instant.now()), arguments);
    }

    private void send(Told told) {
      if (link != null) {
        link.sendSurely(MessageCodec.write(told));
      }
    }

    private void end() {
      if (link != null) {
        link.close();
      }
    }

    @Override
    public void lost(String why) {}
  }
}
