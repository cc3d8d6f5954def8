package dev.warren.engine.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the last read, of one broker and virtual host. Replaced whole, so readers see one
 * version or another; a missing or unreadable one is as good as none.
 */
final class TypeCache {
  private static final Logger LOG = LoggerFactory.getLogger(TypeCache.class);

  private final Path file;
  private final String broker;

  private TypeCache(Path file, String broker) {
    this.file = file;
    this.broker = broker;
  }

  static TypeCache in(Path folder, URI broker) {
    String name = broker.toString();
    UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return new TypeCache(folder.resolve("types-" + hash + ".json"), name);
  }

  List<TypeAnnouncement> load() {
    List<TypeAnnouncement> types = new ArrayList<>();
    if (!Files.isReadable(file)) {
      return types;
    }
    try {
      JsonNode tree = JsonCodec.json().readTree(file.toFile());
      if (tree.path("broker").asText().equals(broker)) {
        for (JsonNode type : tree.path("types")) {
          types.add(AnnouncementCodec.read(type));
        }
      }
      return types;
    } catch (IOException | CodecException unreadable) {
      LOG.debug("the cache of task types is not readable: {}", file, unreadable);
      return List.of();
    }
  }

  void save(List<TypeAnnouncement> types) {
    ObjectNode tree = JsonCodec.json().createObjectNode();
    tree.put("broker", broker);
    ArrayNode array = tree.putArray("types");
    types.forEach(type -> array.add(AnnouncementCodec.write(type)));
    Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(fresh, tree.toString());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      // Without it everything works, with one more read.
      LOG.debug("the cache of task types cannot be written: {}", file, unwritable);
      discard(fresh);
    }
  }

  private static void discard(Path fresh) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException stuck) {
      LOG.debug("left behind: {}", fresh, stuck);
    }
  }
}
