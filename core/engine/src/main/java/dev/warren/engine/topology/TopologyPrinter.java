package dev.warren.engine.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes a topology for people and for the broker. */
public final class TopologyPrinter {
  private static final String GAP = "  ";

  private TopologyPrinter() {}

  /** Three tables, with lines for a terminal. */
  public static String table(Topology topology) {
    List<List<String>> exchanges = new ArrayList<>();
    exchanges.add(List.of("EXCHANGE", "KIND", "ARGUMENTS"));
    topology
        .exchanges()
        .forEach(each -> exchanges.add(List.of(each.name(), each.kind(), text(each.arguments()))));
    List<List<String>> queues = new ArrayList<>();
    queues.add(List.of("QUEUE", "TYPE", "ARGUMENTS"));
    topology
        .queues()
        .forEach(each -> queues.add(List.of(each.name(), each.type(), text(without(each)))));
    List<List<String>> bindings = new ArrayList<>();
    bindings.add(List.of("FROM", "TO", "KEY"));
    topology
        .bindings()
        .forEach(each -> bindings.add(List.of(each.exchange(), each.target(), each.key())));
    return aligned(exchanges) + "\n" + aligned(queues) + "\n" + aligned(bindings);
  }

  /**
   * A RabbitMQ definitions file: {@code rabbitmqctl import_definitions}, the management UI or
   * {@code load_definitions} take it.
   *
   * @see <a href="https://www.rabbitmq.com/docs/definitions">Definitions</a>
   */
  public static String definitions(Topology topology, String virtualHost) {
    ObjectNode root = JsonCodec.json().createObjectNode();
    root.putArray("vhosts").addObject().put("name", virtualHost);
    ArrayNode exchanges = root.putArray("exchanges");
    for (ExchangeDefinition each : topology.exchanges()) {
      ObjectNode node = exchanges.addObject();
      node.put("name", each.name()).put("vhost", virtualHost).put("type", each.kind());
      node.put("durable", true).put("auto_delete", false).put("internal", false);
      node.set("arguments", JsonCodec.json().valueToTree(new TreeMap<>(each.arguments())));
    }
    ArrayNode queues = root.putArray("queues");
    for (QueueDefinition each : topology.queues()) {
      if (!each.exclusive()) {
        ObjectNode node = queues.addObject();
        node.put("name", each.name()).put("vhost", virtualHost);
        node.put("durable", true).put("auto_delete", false);
        node.set("arguments", JsonCodec.json().valueToTree(new TreeMap<>(each.arguments())));
      }
    }
    ArrayNode bindings = root.putArray("bindings");
    for (BindingDefinition each : topology.bindings()) {
      ObjectNode node = bindings.addObject();
      node.put("source", each.exchange()).put("vhost", virtualHost);
      node.put("destination", each.target());
      node.put("destination_type", each.toExchange() ? "exchange" : "queue");
      node.put("routing_key", each.key());
      node.putObject("arguments");
    }
    return pretty(root);
  }

  /**
   * A definitions file of permissions only. Its users must exist: they are made with their
   * passwords by the operator, and a file that names users would take these away again.
   */
  public static String permissions(List<Grant> grants, String virtualHost) {
    ObjectNode root = JsonCodec.json().createObjectNode();
    ArrayNode permissions = root.putArray("permissions");
    ArrayNode topics = root.putArray("topic_permissions");
    for (Grant grant : grants) {
      permissions
          .addObject()
          .put("user", grant.part())
          .put("vhost", virtualHost)
          .put("configure", grant.configure())
          .put("write", grant.write())
          .put("read", grant.read());
      if (grant.eventsWrite().isPresent() || grant.eventsRead().isPresent()) {
        topics
            .addObject()
            .put("user", grant.part())
            .put("vhost", virtualHost)
            .put("exchange", TopologyNames.EVENTS)
            .put("write", grant.eventsWrite().orElse(".*"))
            .put("read", grant.eventsRead().orElse(".*"));
      }
    }
    return pretty(root);
  }

  private static String pretty(ObjectNode root) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(lines);
    printer.indentArraysWith(lines);
    try {
      return JsonCodec.json().writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree is always writable", impossible);
    }
  }

  private static Map<String, Object> without(QueueDefinition queue) {
    Map<String, Object> arguments = new TreeMap<>(queue.arguments());
    arguments.remove("x-queue-type");
    return arguments;
  }

  private static String text(Map<String, Object> arguments) {
    return new TreeMap<>(arguments)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
  }

  private static String aligned(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
