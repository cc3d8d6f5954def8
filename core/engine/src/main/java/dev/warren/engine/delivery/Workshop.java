package dev.warren.engine.delivery;

import dev.warren.engine.wire.TaskMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;

/** What all attempts of an engine share. */
record Workshop(
    Settler settler,
    LiveDeliveries live,
    StuckAttempts stuck,
    Deadlines deadlines,
    Duration stopGrace,
    KnownExecutions known,
    SuspectTurns turns,
    AttemptJournal journal,
    EngineListener listener,
    Predicate<TaskMessage> cancelled,
    String worker,
    Clock clock) {}
