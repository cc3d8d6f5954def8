/** The notes of what runs that outlive a crash of the process. */
@NullMarked
package dev.warren.engine.journal;

import org.jspecify.annotations.NullMarked;
