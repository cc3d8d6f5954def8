/** The library that submits tasks and waits for their outcomes. */
@NullMarked
package dev.warren.producer;

import org.jspecify.annotations.NullMarked;
