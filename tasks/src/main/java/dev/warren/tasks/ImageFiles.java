package dev.warren.tasks;

import dev.warren.api.RejectedTask;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;

/** Reads, scales and writes images. */
final class ImageFiles {
  /** Above this an image is refused: a small file may claim dimensions that fill the memory. */
  private static final long MAX_PIXELS = 500_000_000;

  /** Above this a thumbnail is refused: of an image that is very narrow and very long. */
  private static final long MAX_RESULT_PIXELS = 4_096L * 4_096;

  /** Pixels kept per pixel of the result, in each direction, before the last scaling. */
  private static final int OVERSAMPLING = 2;

  private ImageFiles() {}

  /** An image, perhaps with rows and columns left out, and the size it has in its file. */
  record Loaded(BufferedImage pixels, int width, int height) {}

  /** {@code png} or {@code jpg}, by the extension of the file to write. */
  static String formatOf(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      return "png";
    }
    if (name.endsWith(".jpg") || name.endsWith(".jpeg")) {
      return "jpg";
    }
    throw new RejectedTask("a thumbnail is written as .png or .jpg, not as '" + name + "'");
  }

  /**
   * Reads an image for a copy of the given width; of a large one only every n-th pixel, so that the
   * memory it takes depends on the copy.
   */
  static Loaded load(Path file, int forWidth, String asked) throws IOException {
    // Of the file itself, not of a stream: that would be cached in a temporary file.
    try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new RejectedTask(
            "'" + asked + "' is no image that Java reads: " + String.join(", ", readable()));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        return read(reader, forWidth, asked);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Loaded read(ImageReader reader, int forWidth, String asked) throws IOException {
    try {
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MAX_PIXELS) {
        throw new RejectedTask(
            "'" + asked + "' claims " + width + " × " + height + " pixels, which is too large");
      }
      long smallPixels = (long) Math.min(forWidth, width) * heightFor(forWidth, width, height);
      if (smallPixels > MAX_RESULT_PIXELS) {
        throw new RejectedTask(
            "'" + asked + "' is too long for a thumbnail: " + width + " × " + height + " pixels");
      }
      ImageReadParam parameters = reader.getDefaultReadParam();
      int step = Math.max(1, width / (forWidth * OVERSAMPLING));
      parameters.setSourceSubsampling(step, Math.min(step, height), 0, 0);
      return new Loaded(reader.read(0, parameters), width, height);
    } catch (IIOException broken) {
      throw new RejectedTask("'" + asked + "' is a broken image: " + broken.getMessage(), broken);
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | NegativeArraySizeException broken) {
      // The readers of the JDK meet damaged data with these as well.
      throw new RejectedTask("'" + asked + "' is a broken image: " + broken, broken);
    }
  }

  private static int heightFor(int width, int originalWidth, int originalHeight) {
    double factor = Math.min(1, (double) width / originalWidth);
    return Math.max(1, Math.toIntExact(Math.round(originalHeight * factor)));
  }

  /** The image in the given width, at most that of the original; opaque if the original is. */
  static BufferedImage scaled(BufferedImage image, int originalWidth, int originalHeight, int to) {
    int width = Math.min(to, originalWidth);
    int height = heightFor(to, originalWidth, originalHeight);
    int kind =
        image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage small = new BufferedImage(width, height, kind);
    Graphics2D graphics = small.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      graphics.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
      graphics.drawImage(image, 0, 0, width, height, null);
    } finally {
      graphics.dispose();
    }
    return small;
  }

  /**
   * Writes the file at once: a reader never sees half of it, an attempt that runs twice is fine.
   */
  static void write(BufferedImage image, String format, Path target) throws IOException {
    // Not Files.createTempFile: others may read a thumbnail, and nobody else a temporary file.
    Path partial = target.resolveSibling(".thumbnail-" + UUID.randomUUID() + "." + format);
    try {
      try (ImageOutputStream output = ImageIO.createImageOutputStream(partial.toFile())) {
        if (!ImageIO.write(format.equals("jpg") ? opaque(image) : image, format, output)) {
          throw new RejectedTask("this Java cannot write " + format + " images");
        }
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** JPEG knows no transparency: on white. */
  private static BufferedImage opaque(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return image;
    }
    BufferedImage flat =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = flat.createGraphics();
    try {
      graphics.drawImage(image, 0, 0, java.awt.Color.WHITE, null);
    } finally {
      graphics.dispose();
    }
    return flat;
  }

  private static Set<String> readable() {
    Set<String> names = new TreeSet<>();
    Arrays.stream(ImageIO.getReaderFormatNames())
        .map(name -> name.toLowerCase(Locale.ROOT))
        .forEach(names::add);
    return names;
  }
}
