package dev.warren.engine.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.warren.api.Json;
import java.io.IOException;
import java.io.StringWriter;

/** Reads and writes {@link Json}, the JSON value that is not looked into. */
final class ExactJson {
  private static final Json NULL = new Json("null");

  private ExactJson() {}

  static Module module() {
    return new SimpleModule("exact-json")
        .addSerializer(Json.class, new Writer())
        .addDeserializer(Json.class, new Reader());
  }

  private static final class Writer extends StdSerializer<Json> {
    private static final long serialVersionUID = 1;

    Writer() {
      super(Json.class);
    }

    /** Checked: a text that is no JSON would spoil the whole message it stands in. */
    @Override
    public void serialize(Json value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      JsonCodec.requireJson(JsonText.of(value.text()), "a value");
      json.writeRawValue(value.text());
    }
  }

  /** A value inside of others; of one that is the whole text, the text itself is taken. */
  private static final class Reader extends StdDeserializer<Json> {
    private static final long serialVersionUID = 1;

    Reader() {
      super(Json.class);
    }

    @Override
    public Json deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      StringWriter text = new StringWriter();
      try (JsonGenerator json = JsonCodec.json().createGenerator(text)) {
        int depth = 0;
        do {
          depth += copy(parser, json);
        } while (depth > 0 && parser.nextToken() != null);
      }
      return new Json(text.toString());
    }

    /** Copies a token; numbers by their text. How much deeper it leads. */
    private static int copy(JsonParser parser, JsonGenerator json) throws IOException {
      JsonToken token = parser.currentToken();
      if (token.isNumeric()) {
        json.writeNumber(parser.getText());
      } else {
        json.copyCurrentEvent(parser);
      }
      if (token.isStructStart()) {
        return 1;
      }
      return token.isStructEnd() ? -1 : 0;
    }

    @Override
    public Json getNullValue(DeserializationContext context) {
      return NULL;
    }
  }
}
