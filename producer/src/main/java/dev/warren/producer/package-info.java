/**
 * The library that submits tasks and waits for their outcomes: {@link
 * dev.warren.producer.WarrenClient}. Threads are daemons named {@code warren-client-…}, owned by
 * the client that started them and joined when it closes.
 */
@NullMarked
package dev.warren.producer;

import org.jspecify.annotations.NullMarked;
