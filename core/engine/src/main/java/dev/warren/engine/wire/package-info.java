/**
 * The wire contract: tasks, chunks and events as AMQP messages. Described for other languages in
 * docs/protocol.md.
 */
@NullMarked
package dev.warren.engine.wire;

import org.jspecify.annotations.NullMarked;
