package dev.warren.producer.cli;

import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import java.util.concurrent.CompletionStage;

/**
 * Takes an item's task to the broker; the stage completes when the broker has confirmed it, or with
 * the failure.
 */
@FunctionalInterface
interface ItemSink {
  CompletionStage<RawHandle> submit(MapItem item, RawTask task);
}
