package dev.warren.engine.startup;

/** A program to train. */
final class SmallProgram {
  private SmallProgram() {}

  public static void main(String[] args) {
    System.out.println("ran");
  }
}
