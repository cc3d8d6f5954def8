@NullMarked
package dev.warren.worker.startup;

import org.jspecify.annotations.NullMarked;
