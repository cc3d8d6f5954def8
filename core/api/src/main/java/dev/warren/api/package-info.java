/** What a task author needs: task types, handlers, verdicts, outcomes, clients. */
@NullMarked
package dev.warren.api;

import org.jspecify.annotations.NullMarked;
