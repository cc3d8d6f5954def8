/** Several worker JVMs as one program: started, restarted after a crash, stopped together. */
@NullMarked
package dev.warren.worker.supervise;

import org.jspecify.annotations.NullMarked;
