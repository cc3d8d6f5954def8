package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;

/** A task or chunk as an AMQP message: properties and body, ready to be published. */
public record WireTask(BasicProperties properties, JsonText body) {}
