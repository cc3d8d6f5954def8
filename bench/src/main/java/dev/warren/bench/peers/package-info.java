/**
 * Warren beside other task queues: each installed from packages by {@code bench/peers/install.sh},
 * with its own processes, in turns on the same machine.
 */
@NullMarked
package dev.warren.bench.peers;

import org.jspecify.annotations.NullMarked;
