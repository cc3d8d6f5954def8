package dev.warren.producer.dead;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.OutcomeEvent;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A task that runs again.
 *
 * @param queue where it waits
 * @param outcome what becomes of it, where that was asked for; completes on the client's listening
 *     thread
 */
public record Replayed(
    TaskId task,
    int generation,
    String type,
    String queue,
    Optional<CompletionStage<OutcomeEvent>> outcome) {}
