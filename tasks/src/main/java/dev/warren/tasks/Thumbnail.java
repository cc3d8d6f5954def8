package dev.warren.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskFunction;
import dev.warren.api.TaskType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code image.thumbnail}: a smaller copy of an image. */
public final class Thumbnail implements TaskFunction<Thumbnail.Arguments, Thumbnail.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("image.thumbnail", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInTasks.CPU_QUEUE))
          .describedAs("Writes a smaller copy of an image below the files root");

  private final FilesRoot source;
  private final FilesRoot output;

  Thumbnail(FilesRoot source, FilesRoot output) {
    this.source = source;
    this.output = output;
  }

  /**
   * What to make smaller.
   *
   * @param path an image below the worker's files root
   * @param width in pixels, 1 to 4096. Default is 160. The height follows; an image that is
   *     narrower keeps its size.
   * @param target where to write it below the worker's output root: {@code .png} or {@code .jpg}.
   *     Default is {@code thumbnails/<path without extension>-<width>.png}.
   */
  public record Arguments(String path, @Nullable Integer width, @Nullable String target) {
    public static final int DEFAULT_WIDTH = 160;
    private static final int MAX_WIDTH = 4_096;

    public Arguments {
      PathArgument.require(path);
      if (width != null && (width < 1 || width > MAX_WIDTH)) {
        throw new RejectedTask("'width' is from 1 to " + MAX_WIDTH + " pixels, not " + width);
      }
    }

    public Arguments(String path, int width) {
      this(path, width, null);
    }
  }

  /**
   * A thumbnail that was written.
   *
   * @param path below the worker's output root
   * @param bytes size of the file
   */
  public record Result(
      String path, int width, int height, int originalWidth, int originalHeight, long bytes) {}

  @Override
  public Result apply(Arguments arguments, TaskContext context) throws IOException {
    Path original = source.existingFile(arguments.path());
    int width = arguments.width() == null ? Arguments.DEFAULT_WIDTH : arguments.width();
    Path target =
        output.newFile(
            arguments.target() == null ? defaultTarget(original, width) : arguments.target());
    if (target.equals(original)) {
      throw new RejectedTask("the thumbnail would replace its original '" + arguments.path() + "'");
    }
    String format = ImageFiles.formatOf(target);
    ImageFiles.Loaded image = ImageFiles.load(original, width, arguments.path());
    BufferedImage small = ImageFiles.scaled(image.pixels(), image.width(), image.height(), width);
    ImageFiles.write(small, format, target);
    return new Result(
        output.name(target),
        small.getWidth(),
        small.getHeight(),
        image.width(),
        image.height(),
        Files.size(target));
  }

  private String defaultTarget(Path original, int width) {
    String name = source.name(original);
    int dot = name.lastIndexOf('.');
    boolean hasExtension = dot > name.lastIndexOf(original.getFileSystem().getSeparator()) + 1;
    return "thumbnails/" + (hasExtension ? name.substring(0, dot) : name) + "-" + width + ".png";
  }
}
