package dev.warren.producer.cli;

/** The program {@code warren}, as far as it is no worker, gateway or script. */
public final class WarrenCommand {
  private WarrenCommand() {}

  public static void main(String[] args) {
    System.exit(CommandTree.run(Surroundings.ofProcess(), args));
  }
}
