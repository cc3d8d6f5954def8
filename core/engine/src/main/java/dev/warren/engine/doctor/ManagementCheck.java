package dev.warren.engine.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.BindingDefinition;
import dev.warren.engine.topology.Topology;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What only the management API shows: alarms of the nodes, and bindings. */
final class ManagementCheck {
  private static final String WHAT = "management API";
  private static final int NAMED = 4;

  private final URI address;
  private final BrokerSettings broker;

  ManagementCheck(URI address, BrokerSettings broker) {
    this.address = address;
    this.broker = broker;
  }

  List<Finding> findings(Topology topology) {
    List<Finding> findings = new ArrayList<>();
    try (ManagementApi api = new ManagementApi(address, broker)) {
      alarms(api.get("/api/nodes"), findings);
      String host = URLEncoder.encode(broker.virtualHost(), StandardCharsets.UTF_8);
      bindings(api.get("/api/bindings/" + host.replace("+", "%20")), topology, findings);
    } catch (IOException unreachable) {
      findings.add(
          Finding.note(
              WHAT,
              "no answer from "
                  + address.getHost()
                  + ": "
                  + (unreachable.getMessage() == null ? unreachable : unreachable.getMessage()),
              "correct broker.management-uri; its user needs the tag 'monitoring'"));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      findings.add(Finding.note(WHAT, "the check was interrupted", "repeat it"));
    }
    return findings;
  }

  private static void alarms(JsonNode nodes, List<Finding> findings) {
    boolean quiet = true;
    for (JsonNode node : nodes) {
      String name = node.path("name").asText();
      if (!node.path("running").asBoolean(true)) {
        findings.add(Finding.warning("nodes", name + " is down", "start it"));
        quiet = false;
      }
      if (node.path("mem_alarm").asBoolean()) {
        findings.add(SubmitProbe.alarm("memory on " + name));
        quiet = false;
      }
      if (node.path("disk_free_alarm").asBoolean()) {
        findings.add(SubmitProbe.alarm("disk on " + name));
        quiet = false;
      }
      if (!node.path("partitions").isEmpty()) {
        findings.add(
            Finding.error(
                "nodes", name + " is partitioned from others", "see rabbitmqctl cluster_status"));
        quiet = false;
      }
    }
    if (quiet) {
      findings.add(Finding.ok("alarms", "none on " + nodes.size() + " nodes"));
    }
  }

  private static void bindings(JsonNode listed, Topology topology, List<Finding> findings) {
    Set<BindingDefinition> present = new HashSet<>();
    for (JsonNode each : listed) {
      present.add(
          new BindingDefinition(
              each.path("source").asText(),
              each.path("destination").asText(),
              each.path("destination_type").asText().equals("exchange"),
              each.path("routing_key").asText()));
    }
    List<String> missing =
        topology.bindings().stream()
            .filter(each -> !present.contains(each))
            .map(each -> each.exchange() + " → " + each.target() + " (" + each.key() + ")")
            .toList();
    if (missing.isEmpty()) {
      findings.add(Finding.ok("bindings", topology.bindings().size() + " are as described"));
      return;
    }
    findings.add(
        Finding.error(
            "bindings",
            "missing: "
                + String.join(", ", missing.subList(0, Math.min(NAMED, missing.size())))
                + (missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : ""),
            "run 'warren topology apply', and restart workers to bind their types"));
  }
}
