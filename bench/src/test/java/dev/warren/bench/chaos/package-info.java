@NullMarked
package dev.warren.bench.chaos;

import org.jspecify.annotations.NullMarked;
