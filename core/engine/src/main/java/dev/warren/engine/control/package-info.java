/** How a process of the fleet is asked for things while it runs. */
@NullMarked
package dev.warren.engine.control;

import org.jspecify.annotations.NullMarked;
