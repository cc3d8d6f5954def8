/**
 * Reads from a gateway's HTTP API what became of tasks and batches: {@link
 * dev.warren.producer.gateway.GatewayClient}. Submitting needs no gateway.
 */
@NullMarked
package dev.warren.producer.gateway;

import org.jspecify.annotations.NullMarked;
