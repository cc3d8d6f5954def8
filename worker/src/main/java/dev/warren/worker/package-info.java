/** The worker: consumes task queues and runs their tasks in lanes of blocking code. */
@NullMarked
package dev.warren.worker;

import org.jspecify.annotations.NullMarked;
