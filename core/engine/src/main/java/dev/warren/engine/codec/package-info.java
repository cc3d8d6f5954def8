/** JSON, as Warren reads and writes it. */
@NullMarked
package dev.warren.engine.codec;

import org.jspecify.annotations.NullMarked;
