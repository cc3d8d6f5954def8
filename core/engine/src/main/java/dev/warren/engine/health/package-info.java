/** The HTTP port that tells machines how a process is doing: health checks and metrics. */
@NullMarked
package dev.warren.engine.health;

import org.jspecify.annotations.NullMarked;
