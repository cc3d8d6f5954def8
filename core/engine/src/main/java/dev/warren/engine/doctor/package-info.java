/** Looks a broker over for what keeps a fleet from working, and says how to mend each finding. */
@NullMarked
package dev.warren.engine.doctor;

import org.jspecify.annotations.NullMarked;
