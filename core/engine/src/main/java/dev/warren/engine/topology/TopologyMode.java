package dev.warren.engine.topology;

/** What a starting process does about the topology. */
public enum TopologyMode {
  /** Declares what is missing. For development, and where the broker user may configure. */
  APPLY,
  /** Only looks whether all is there; an operator has declared it. For least privilege. */
  VERIFY
}
