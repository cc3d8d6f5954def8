/** Real brokers for tests, and the faults to try on them. */
@NullMarked
package dev.warren.testkit;

import org.jspecify.annotations.NullMarked;
