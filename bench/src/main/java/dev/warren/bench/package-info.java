/** Macro benchmarks of the fleet beside RabbitMQ PerfTest. */
@NullMarked
package dev.warren.bench;

import org.jspecify.annotations.NullMarked;
