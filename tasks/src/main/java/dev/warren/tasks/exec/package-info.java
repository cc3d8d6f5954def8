/** {@code exec}: commands of the operating system as tasks. */
@NullMarked
package dev.warren.tasks.exec;

import org.jspecify.annotations.NullMarked;
