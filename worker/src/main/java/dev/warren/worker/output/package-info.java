/** What processes print, read without trust in how they do. */
@NullMarked
package dev.warren.worker.output;

import org.jspecify.annotations.NullMarked;
