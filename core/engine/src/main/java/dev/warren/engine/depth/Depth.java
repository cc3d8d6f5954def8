package dev.warren.engine.depth;

/**
 * A queue at a moment.
 *
 * @param ready messages that nobody holds
 * @param consumers how many consume it, in the whole fleet
 */
public record Depth(int ready, int consumers) {}
