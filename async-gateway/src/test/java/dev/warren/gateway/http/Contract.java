package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The OpenAPI document, and which of it answers have been checked against. */
final class Contract {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final JsonNode document;
  private final Set<String> checked = new TreeSet<>();

  Contract(JsonNode document) {
    this.document = document;
  }

  /** {@code GET /v1/tasks/{id}} and so on. */
  Set<String> operations() {
    Set<String> all = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          all.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return all;
  }

  /** {@code GET /v1/tasks/{id} 200} and so on. */
  Set<String> statuses() {
    Set<String> all = new TreeSet<>();
    for (String operation : operations()) {
      responses(operation)
          .fieldNames()
          .forEachRemaining(status -> all.add(operation + " " + status));
    }
    return all;
  }

  Set<String> checked() {
    return checked;
  }

  /** Checks an answer against what the document says of its operation and status. */
  void check(String operation, HttpResponse<String> answer) {
    String what = operation + " " + answer.statusCode();
    JsonNode response = resolved(responses(operation).path(String.valueOf(answer.statusCode())));
    assertThat(response.isObject()).as("%s is described; got %s", what, answer.body()).isTrue();
    for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
      JsonNode description = resolved(header.getValue());
      String value = answer.headers().firstValue(header.getKey()).orElse(null);
      if (description.path("required").asBoolean()) {
        assertThat(value).as(what + " " + header.getKey()).isNotNull();
      }
      if (value != null) {
        valid(what, description.path("schema"), JsonCodec.json().valueToTree(value));
      }
    }
    JsonNode content = response.path("content");
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    if (content.isMissingNode()) {
      assertThat(answer.body()).as(what).isEmpty();
    } else {
      assertThat(content.has(type)).as("%s may be %s", what, type).isTrue();
      body(what, type, content.path(type).path("schema"), answer.body());
    }
    checked.add(what);
  }

  private void body(String what, String type, JsonNode schema, String body) {
    switch (type) {
      case Answers.JSON, Answers.PROBLEM -> valid(what, schema, tree(body));
      case Answers.NDJSON -> body.lines().forEach(line -> valid(what, schema("Task"), tree(line)));
      case Answers.EVENTS -> {
        String name = "";
        for (String line : body.lines().toList()) {
          if (line.startsWith("event: ")) {
            name = line.substring(7);
          } else if (line.startsWith("data: ")) {
            valid(what, schema(name.equals("task") ? "Task" : "Batch"), tree(line.substring(6)));
          }
        }
      }
      default -> assertThat(body).as(what).isNotBlank();
    }
  }

  private void valid(String what, JsonNode schema, JsonNode value) {
    ObjectNode root = schema.deepCopy();
    root.set("components", document.path("components"));
    assertThat(SCHEMAS.getSchema(root).validate(value)).as("%s: %s", what, value).isEmpty();
  }

  private ObjectNode schema(String name) {
    return JsonCodec.json().createObjectNode().put("$ref", "#/components/schemas/" + name);
  }

  private JsonNode responses(String operation) {
    String[] parts = operation.split(" ", 2);
    return document
        .path("paths")
        .path(parts[1])
        .path(parts[0].toLowerCase(java.util.Locale.ROOT))
        .path("responses");
  }

  private JsonNode resolved(JsonNode node) {
    String pointer = node.path("$ref").asText();
    return pointer.isEmpty() ? node : document.at(pointer.substring(1));
  }

  private static JsonNode tree(String json) {
    return JsonCodec.tree(JsonText.of(json), "the answer");
  }
}
