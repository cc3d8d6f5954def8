package dev.warren.producer;

import dev.warren.engine.codec.JsonText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the client knows of the fleet's task types. Safe for concurrent use. */
interface TypeDirectory {
  /** Knows nothing. */
  TypeDirectory NONE =
      new TypeDirectory() {
        @Override
        public Optional<String> queueOf(String type) {
          return Optional.empty();
        }

        @Override
        public void requireFit(String type, JsonText arguments) {}

        @Override
        public List<String> near(String type) {
          return List.of();
        }

        @Override
        public void refresh(Duration limit) {}
      };

  /** The queue that the type's workers announced. */
  Optional<String> queueOf(String type);

  /**
   * Checks arguments against the schema that was announced, if one was.
   *
   * @throws dev.warren.api.TaskRefusedException naming the field that does not fit
   */
  void requireFit(String type, JsonText arguments);

  /** Known types whose names resemble this one, the nearest first. */
  List<String> near(String type);

  /** Reads what has been announced since; blocks. Keeps what it knows if that fails. */
  void refresh(Duration limit);
}
