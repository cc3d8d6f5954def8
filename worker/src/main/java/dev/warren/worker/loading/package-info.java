/** Finding task providers, on the class path and in jars, and what they register. */
@NullMarked
package dev.warren.worker.loading;

import org.jspecify.annotations.NullMarked;
