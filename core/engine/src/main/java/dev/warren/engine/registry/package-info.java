/**
 * Which task types the fleet runs: announced by workers and gateways to a stream, read and cached
 * by clients, so that a type's queue, arguments and near names are known before anything is sent.
 */
@NullMarked
package dev.warren.engine.registry;

import org.jspecify.annotations.NullMarked;
