/** How the logs of the executables look. The engine itself only knows slf4j. */
@NullMarked
package dev.warren.engine.logging;

import org.jspecify.annotations.NullMarked;
