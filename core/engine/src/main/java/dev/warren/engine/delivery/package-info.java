/**
 * The delivery engine: consume, dispatch, run in a lane, settle. The same for workers and gateways.
 */
@NullMarked
package dev.warren.engine.delivery;

import org.jspecify.annotations.NullMarked;
