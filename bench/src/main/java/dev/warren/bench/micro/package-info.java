/** What one task costs in the parts that every task passes, measured by JMH. */
@NullMarked
package dev.warren.bench.micro;

import org.jspecify.annotations.NullMarked;
