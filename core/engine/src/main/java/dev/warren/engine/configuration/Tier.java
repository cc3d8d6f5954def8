package dev.warren.engine.configuration;

/** How often a setting matters; help lists them in this order. */
public enum Tier {
  ESSENTIAL("Essential"),
  OFTEN("Often used"),
  RARELY("Rarely used");

  private final String title;

  Tier(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }
}
