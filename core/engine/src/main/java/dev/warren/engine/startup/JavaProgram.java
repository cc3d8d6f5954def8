package dev.warren.engine.startup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that is started often, on the JVM that runs this one.
 *
 * @param name in the names of its files; letters, digits and dashes
 * @param flags of the JVM
 * @param classPath as for {@code -cp}
 * @param training the class whose {@code main} does what the program does at its start, without
 *     effects, and ends by itself within seconds
 */
public record JavaProgram(String name, List<String> flags, String classPath, String training) {
  public JavaProgram {
    flags = List.copyOf(flags);
  }

  /** What starts a class of it. */
  public List<String> command(List<String> moreFlags, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(moreFlags);
    command.addAll(List.of("-cp", classPath, mainClass));
    return command;
  }
}
