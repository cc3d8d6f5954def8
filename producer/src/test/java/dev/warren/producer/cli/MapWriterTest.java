package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MapWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final MapWriter writer = new MapWriter(out, new MapWriter.Form(true, false, null), null);

  private static MapItem item(int order) {
    return new MapItem(order + 1, order, order + 1, TaskId.next(), order, 0, NOW);
  }

  private int take(int order, String result) throws IOException {
    return take(writer, order, result);
  }

  private static int take(MapWriter writer, int order, String result) throws IOException {
    MapItem item = item(order);
    OutcomeEvent outcome =
        new OutcomeEvent(
            item.id(),
            1,
            "echo",
            "default",
            1,
            "worker",
            "virtual",
            NOW,
            NOW,
            NOW,
            Outcome.Status.SUCCEEDED,
            JsonText.of(result),
            null,
            Lineage.of(item.id()),
            false);
    return writer.take(new MapEvent.Finished(item, outcome));
  }

  @Test
  void anItemWithoutResultHoldsUpNothingWhoeverEndsFirst() throws IOException {
    assertThat(take(3, "3")).isZero();
    assertThat(writer.skip(item(1))).isZero();
    assertThat(writer.skip(item(2))).isZero();
    assertThat(take(0, "0")).isEqualTo(2);
    assertThat(writer.skip(item(4))).isZero();
    assertThat(take(5, "5")).isOne();
    writer.flush();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("0\n3\n5\n");
    assertThat(writer.written()).isEqualTo(3);
  }

  @Test
  void aTextOfTheResultIsWrittenAsItIsWithALineEnd() throws IOException {
    MapWriter texts = new MapWriter(out, new MapWriter.Form(true, false, "stdout"), null);
    int written = take(texts, 0, "{\"stdout\":\"a\\n\\tb\\n\"}");
    written += take(texts, 1, "{\"stdout\":\"no end\"}");
    written += take(texts, 2, "{\"stdout\":\"\"}");
    written += take(texts, 3, "{\"other\":1}");
    written += take(texts, 4, "5");
    written += take(texts, 5, "{\"stdout\":[1, 2]}");
    texts.flush();
    assertThat(written).isEqualTo(6);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\n\tb\nno end\n[1,2]\n");
  }

  @Test
  void aResultIsOneLineAndToTheLetter() throws IOException {
    int written = take(0, "{\"a\":\r\n[1.50,\n1e400]}");
    writer.flush();
    assertThat(written).isOne();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"a\":  [1.50, 1e400]}\n");
  }
}
