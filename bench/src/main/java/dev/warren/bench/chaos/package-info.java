/**
 * {@code ./warren chaos}: a fleet under load while its parts are killed and its network fails, and
 * the books that show that nothing was lost.
 */
@NullMarked
package dev.warren.bench.chaos;

import org.jspecify.annotations.NullMarked;
