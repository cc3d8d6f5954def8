/**
 * What an engine does, as metrics. Needs {@code micrometer-core}, which is an optional dependency:
 * programs that serve metrics bring it.
 */
@NullMarked
package dev.warren.engine.metrics;

import org.jspecify.annotations.NullMarked;
