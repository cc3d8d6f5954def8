package dev.warren.producer.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Takes {@code --option=text} as a value, and never the word after {@code --option}. */
final class AttachedValue implements IParameterPreprocessor {
  @Override
  @SuppressWarnings("JdkObsolete") // The parser's own type.
  public boolean preprocess(
      Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> about) {
    if ("=".equals(about.get("separator"))) {
      return false;
    }
    option.setValue("");
    return true;
  }
}
