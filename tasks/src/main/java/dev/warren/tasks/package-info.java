/** Built-in tasks, written as a user would write them. */
@NullMarked
package dev.warren.tasks;

import org.jspecify.annotations.NullMarked;
