package dev.warren.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;

/** A resource alarm that is on: publishers are blocked. Closing it restores the limit it broke. */
public final class Alarm implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Broker broker;
  private final String[] restore;

  private Alarm(Broker broker, String[] restore) {
    this.broker = broker;
    this.restore = restore;
  }

  static Alarm memory(Broker broker) {
    String before = broker.node().ctl("eval", "vm_memory_monitor:get_vm_memory_high_watermark().");
    String[] restore =
        before.startsWith("{absolute,")
            ? new String[] {
              "set_vm_memory_high_watermark", "absolute", before.replaceAll("[^0-9]", "")
            }
            : new String[] {"set_vm_memory_high_watermark", before};
    return raise(broker, restore, "set_vm_memory_high_watermark", "absolute", "1");
  }

  static Alarm disk(Broker broker) {
    String before = broker.node().ctl("eval", "rabbit_disk_monitor:get_disk_free_limit().");
    String[] restore = {"set_disk_free_limit", before};
    return raise(broker, restore, "set_disk_free_limit", "1000000000000000");
  }

  private static Alarm raise(Broker broker, String[] restore, String... command) {
    Alarm alarm = new Alarm(broker, restore);
    broker.node().ctl(command);
    alarm.await(true);
    return alarm;
  }

  private void await(boolean on) {
    Awaitility.await("alarm " + (on ? "on" : "off"))
        .atMost(LIMIT)
        .until(() -> broker.hasAlarm() == on && broker.showsAlarm() == on);
  }

  @Override
  public void close() {
    broker.node().ctl(restore);
    await(false);
  }
}
