/** How many messages wait in task queues, watched from outside the workers that serve them. */
@NullMarked
package dev.warren.engine.depth;

import org.jspecify.annotations.NullMarked;
