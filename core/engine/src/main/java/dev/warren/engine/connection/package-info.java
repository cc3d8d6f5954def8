/**
 * How to reach the broker and open connections that the management UI can tell apart. Nothing here
 * reconnects by itself: whoever opens a connection supervises and closes it.
 */
@NullMarked
package dev.warren.engine.connection;

import org.jspecify.annotations.NullMarked;
