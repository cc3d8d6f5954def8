/** Tests of the built-in non-blocking tasks against servers on loopback. */
@NullMarked
package dev.warren.gateway.tasks;

import org.jspecify.annotations.NullMarked;
