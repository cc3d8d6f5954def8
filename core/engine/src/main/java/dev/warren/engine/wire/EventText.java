package dev.warren.engine.wire;

import dev.warren.engine.codec.JsonBytes;
import dev.warren.engine.codec.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event as JSON that may leave out, in a message, what the event before it says too. Immutable.
 */
public final class EventText {
  /** What may be left out; null if nothing may. */
  private final @Nullable OutcomeHead head;

  /** The rest with the brace at its end; nothing is added any more. */
  private final JsonBytes own;

  EventText(@Nullable OutcomeHead head, JsonBytes own) {
    this.head = head;
    this.own = own;
  }

  /** An event that leaves nothing out. */
  static EventText whole(JsonText json) {
    byte[] bytes = json.bytes();
    return new EventText(null, new JsonBytes(bytes.length - 1).raw(bytes, 1, bytes.length));
  }

  /** How many bytes it has in a message after another event. */
  public int sizeAfter(@Nullable EventText before) {
    return 1 + (head == null || follows(before) ? 1 : head.size()) + own.size();
  }

  /** The event for itself. */
  JsonText alone() {
    JsonBytes json = new JsonBytes(sizeAfter(null) - 1);
    appendTo(json, null);
    return json.text();
  }

  /** The body of a message with these events. */
  static JsonText message(List<EventText> events) {
    int size = 1;
    EventText before = null;
    for (EventText event : events) {
      size += event.sizeAfter(before);
      before = event;
    }
    JsonBytes body = new JsonBytes(size);
    before = null;
    for (EventText event : events) {
      body.raw(before == null ? '[' : ',');
      event.appendTo(body, before);
      before = event;
    }
    return body.raw(']').text();
  }

  private void appendTo(JsonBytes json, @Nullable EventText before) {
    if (head == null || follows(before)) {
      json.raw('{');
    } else {
      head.appendTo(json);
    }
    json.raw(own);
  }

  private boolean follows(@Nullable EventText before) {
    return before != null && before.head != null && head != null && head.isSame(before.head);
  }
}
