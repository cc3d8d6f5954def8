package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.SubmitOptions;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.RawTask;
import java.util.function.IntFunction;

/**
 * One kind of work of the demo.
 *
 * @param samples how many tasks are run alone first, to know how long one takes; 0 for work that
 *     does nothing
 * @param arguments those of the task with a number from 0
 */
record DemoWork(String type, int count, int samples, IntFunction<ObjectNode> arguments) {
  /** The task with a number. */
  RawTask task(int number) {
    return new RawTask(
        type,
        JsonCodec.write(arguments.apply(number), "arguments of the demo"),
        SubmitOptions.DEFAULT,
        null,
        false,
        null);
  }
}
