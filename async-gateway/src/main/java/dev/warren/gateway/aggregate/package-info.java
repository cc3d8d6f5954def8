/** What became of tasks and batches: gathered from events, kept in a store, read by the door. */
@NullMarked
package dev.warren.gateway.aggregate;

import org.jspecify.annotations.NullMarked;
