/**
 * A process of the fleet as a whole: engine, topology, announcements, control, metrics. What
 * workers and gateways have in common. Needs micrometer-core, which is an optional dependency.
 */
@NullMarked
package dev.warren.engine.member;

import org.jspecify.annotations.NullMarked;
