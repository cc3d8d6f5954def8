package dev.warren.producer.cli;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A folder of the demo's own, for images that it draws where the machine has too few, and for the
 * thumbnails. Closing it deletes it.
 */
final class DemoImages implements AutoCloseable {
  private static final int WIDTH = 1_600;
  private static final int HEIGHT = 1_200;
  private static final int SHAPES = 60;

  private final Path folder;

  private DemoImages(Path folder) {
    this.folder = folder;
  }

  /** A new folder below the root: among the temporary files, if those are. */
  static DemoImages below(Path root) throws IOException {
    System.setProperty("java.awt.headless", "true");
    ImageIO.setUseCache(false);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();
    Path parent = temporary.startsWith(root.toAbsolutePath().normalize()) ? temporary : root;
    return new DemoImages(Files.createTempDirectory(parent, "warren-demo-"));
  }

  Path folder() {
    return folder;
  }

  /** Draws so many different pictures. */
  List<Path> draw(int count) throws IOException {
    List<Path> drawn = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Path file = folder.resolve("drawn-" + i + ".jpg");
      if (!ImageIO.write(picture(new Random(i)), "jpg", file.toFile())) {
        throw new IOException("this Java writes no JPEG");
      }
      drawn.add(file);
    }
    return drawn;
  }

  private static BufferedImage picture(Random random) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setPaint(new GradientPaint(0, 0, colour(random), WIDTH, HEIGHT, colour(random)));
      graphics.fillRect(0, 0, WIDTH, HEIGHT);
      for (int i = 0; i < SHAPES; i++) {
        graphics.setColor(colour(random));
        int size = 20 + random.nextInt(240);
        graphics.fillOval(
            random.nextInt(WIDTH) - size / 2, random.nextInt(HEIGHT) - size / 2, size, size);
      }
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private static Color colour(Random random) {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256), 160);
  }

  /** Whether this Java understands at least the head of the file. */
  static boolean isReadable(Path file) {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return false;
      }
      ImageReader reader = readers.next();
      reader.setInput(in);
      return reader.getWidth(0) > 0;
    } catch (IOException | RuntimeException broken) {
      // Readers of the JDK meet damaged files with all sorts of exceptions.
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
