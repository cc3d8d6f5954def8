/**
 * Permits of the fleet: at most so many attempts run at once, whatever ends without a word. A
 * permit is a message of a quorum queue; who has its delivery runs.
 */
@NullMarked
package dev.warren.engine.permit;

import org.jspecify.annotations.NullMarked;
