/**
 * What follows from an attempt, as pure logic: verdict in, commands out, clock and chance injected.
 * A delivery is acknowledged when everything that follows from its tasks is confirmed. Simulated by
 * the hundred thousand in the tests.
 */
@NullMarked
package dev.warren.engine.settle;

import org.jspecify.annotations.NullMarked;
