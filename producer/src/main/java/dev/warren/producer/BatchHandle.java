package dev.warren.producer;

/** A batch that has its members. */
public final class BatchHandle {
  private final String id;

  BatchHandle(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }
}
