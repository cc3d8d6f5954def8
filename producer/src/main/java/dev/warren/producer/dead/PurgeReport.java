package dev.warren.producer.dead;

import java.util.Optional;

/**
 * What was removed from a work queue.
 *
 * @param cancelled tasks whose outcome is {@code cancelled} now
 * @param unreadable messages that were no tasks
 * @param refused messages that stayed, as their outcome was not accepted
 * @param broken why it ended early, if it did
 */
public record PurgeReport(
    long cancelled, long unreadable, long refused, Optional<RuntimeException> broken) {}
