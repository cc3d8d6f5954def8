package dev.warren.engine.health;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** How a program tells whoever has started it where it really serves something. */
public final class AddressFile {
  private AddressFile() {}

  /**
   * Writes an address as the only line of a file: at once or not at all, so that nobody reads half
   * an address.
   *
   * @param what names what is served there, in the error
   * @throws ConfigurationException if the file cannot be written
   */
  public static void write(Path file, URI address, String what) {
    Path partial = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(partial, address + "\n");
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      throw new ConfigurationException(
          "the address of %s cannot be written into %s (%s): see to its folder"
              .formatted(what, file, failed),
          failed);
    }
  }
}
