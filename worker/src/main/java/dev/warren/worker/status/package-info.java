/** What worker programs tell of themselves to people on the same machine, without a broker. */
@NullMarked
package dev.warren.worker.status;

import org.jspecify.annotations.NullMarked;
