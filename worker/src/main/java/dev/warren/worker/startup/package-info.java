/** What makes libraries fit for startup caches; run by the launcher only. */
@NullMarked
package dev.warren.worker.startup;

import org.jspecify.annotations.NullMarked;
