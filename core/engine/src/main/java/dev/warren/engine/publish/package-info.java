/**
 * Publishing with confirms: one owner thread per connection, deadlines, returns, resending after a
 * loss. Messages are published persistent and settled exactly once.
 */
@NullMarked
package dev.warren.engine.publish;

import org.jspecify.annotations.NullMarked;
