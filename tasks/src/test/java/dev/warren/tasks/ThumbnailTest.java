package dev.warren.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThumbnailTest {
  private Path folder;
  private Path output;
  private Thumbnail task;

  @BeforeEach
  void makeTask(@TempDir Path given) throws IOException {
    folder = given.toRealPath();
    output = Files.createDirectory(folder.resolve("out"));
    FilesRoot root = FilesRoot.of(Optional.of(folder.toString()), "files-root");
    task = new Thumbnail(root, root);
  }

  @Test
  void theProportionsAndColoursAreKept() throws IOException {
    draw("picture.png", 1_000, 500, BufferedImage.TYPE_INT_RGB, Color.BLUE);

    Thumbnail.Result result = run(new Thumbnail.Arguments("picture.png", 100));

    assertThat(result.path()).isEqualTo("thumbnails/picture-100.png");
    BufferedImage small = ImageIO.read(folder.resolve(result.path()).toFile());
    assertThat(small.getWidth()).isEqualTo(100);
    assertThat(small.getHeight()).isEqualTo(50);
    assertThat(new Color(small.getRGB(50, 25))).isEqualTo(Color.BLUE);
    assertThat(result)
        .isEqualTo(
            new Thumbnail.Result(
                "thumbnails/picture-100.png",
                100,
                50,
                1_000,
                500,
                Files.size(folder.resolve(result.path()))));
  }

  @Test
  void aSmallImageIsNotMadeLarger() throws IOException {
    draw("dot.png", 10, 4, BufferedImage.TYPE_INT_RGB, Color.RED);

    Thumbnail.Result result = run(new Thumbnail.Arguments("dot.png", 100));

    assertThat(result.width()).isEqualTo(10);
    assertThat(result.height()).isEqualTo(4);
  }

  @Test
  void aTransparentImageBecomesAJpegOnWhite() throws IOException {
    draw("glass.png", 300, 300, BufferedImage.TYPE_INT_ARGB, new Color(0, 0, 0, 0));

    Thumbnail.Result result = run(new Thumbnail.Arguments("glass.png", 30, "out/glass.jpg"));

    BufferedImage small = ImageIO.read(output.resolve("glass.jpg").toFile());
    assertThat(new Color(small.getRGB(15, 15))).isEqualTo(Color.WHITE);
    assertThat(result.path()).isEqualTo("out/glass.jpg");
  }

  @Test
  void runningItTwiceReplacesTheThumbnailAndLeavesNothingElse() throws IOException {
    draw("twice.png", 300, 300, BufferedImage.TYPE_INT_RGB, Color.GREEN);

    run(new Thumbnail.Arguments("twice.png", 30, "out/small.png"));
    run(new Thumbnail.Arguments("twice.png", 30, "out/small.png"));

    try (var files = Files.list(output)) {
      assertThat(files).containsExactly(output.resolve("small.png"));
    }
  }

  @Test
  void brokenImagesAreRejectedNotRetried() throws IOException {
    draw("whole.png", 200, 200, BufferedImage.TYPE_INT_RGB, Color.GREEN);
    byte[] whole = Files.readAllBytes(folder.resolve("whole.png"));
    byte[] damaged = whole.clone();
    damaged[40] ^= 0x55;
    Files.write(folder.resolve("cut.png"), java.util.Arrays.copyOf(whole, 60));
    Files.write(folder.resolve("damaged.png"), damaged);
    Files.writeString(folder.resolve("text.png"), "not an image at all");

    for (String name : new String[] {"cut.png", "damaged.png", "text.png"}) {
      assertThatThrownBy(() -> run(new Thumbnail.Arguments(name, 10)))
          .as(name)
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining(name);
    }
    assertThat(folder.resolve("thumbnails")).isEmptyDirectory();
  }

  @Test
  void anImageThatClaimsGigabytesIsRejectedBeforeItIsRead() throws IOException {
    draw("bomb.png", 10, 10, BufferedImage.TYPE_INT_RGB, Color.GREEN);
    byte[] bytes = Files.readAllBytes(folder.resolve("bomb.png"));
    // Width and height stand at 16 and 20 in a PNG file: 65536 by 65536, and the checksum of it.
    java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(bytes);
    header.putInt(16, 65_536).putInt(20, 65_536);
    java.util.zip.CRC32 checksum = new java.util.zip.CRC32();
    checksum.update(bytes, 12, 17);
    header.putInt(29, (int) checksum.getValue());
    Files.write(folder.resolve("bomb.png"), bytes);

    assertThatThrownBy(() -> run(new Thumbnail.Arguments("bomb.png", 10)))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("65536 × 65536");
  }

  @Test
  void targetsOutsideOfOtherKindsOrTheOriginalItselfAreRejected() throws IOException {
    draw("picture.png", 20, 20, BufferedImage.TYPE_INT_RGB, Color.GREEN);

    for (String target : new String[] {"../out.png", "out/file.gif", "picture.png", "out"}) {
      assertThatThrownBy(() -> run(new Thumbnail.Arguments("picture.png", 10, target)))
          .as(target)
          .isInstanceOf(RejectedTask.class);
    }
    assertThatThrownBy(() -> new Thumbnail.Arguments("picture.png", 0))
        .isInstanceOf(RejectedTask.class);
  }

  private Thumbnail.Result run(Thumbnail.Arguments arguments) throws IOException {
    return task.apply(arguments, new AttemptInTest());
  }

  private void draw(String name, int width, int height, int kind, Color colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, kind);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    ImageIO.write(image, "png", folder.resolve(name).toFile());
  }
}
