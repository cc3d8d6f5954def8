@NullMarked
package dev.warren.bench.latency;

import org.jspecify.annotations.NullMarked;
