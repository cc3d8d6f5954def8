/** Being told to stop, in order first and at once if asked again. */
@NullMarked
package dev.warren.engine.shutdown;

import org.jspecify.annotations.NullMarked;
