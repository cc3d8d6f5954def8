/**
 * Checks what the files of the deployment say against the programs: settings, flags, paths, ports,
 * users, queues.
 */
@NullMarked
package dev.warren.deploy;

import org.jspecify.annotations.NullMarked;
