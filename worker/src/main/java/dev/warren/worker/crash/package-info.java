/** What is known after a worker crashed: the tasks that were running. */
@NullMarked
package dev.warren.worker.crash;

import org.jspecify.annotations.NullMarked;
