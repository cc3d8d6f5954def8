@NullMarked
package dev.warren.worker.process;

import org.jspecify.annotations.NullMarked;
