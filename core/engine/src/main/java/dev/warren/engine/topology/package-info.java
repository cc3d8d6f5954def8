/**
 * The exchanges, queues and bindings of a fleet: their names, frozen arguments, declaration and
 * verification.
 */
@NullMarked
package dev.warren.engine.topology;

import org.jspecify.annotations.NullMarked;
