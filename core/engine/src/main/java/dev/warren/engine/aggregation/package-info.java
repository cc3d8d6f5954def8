/** What a gateway hears of the fleet's outcomes: the one consumer of {@code warren.outcomes}. */
@NullMarked
package dev.warren.engine.aggregation;

import org.jspecify.annotations.NullMarked;
