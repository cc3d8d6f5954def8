/**
 * Settings of the programs: flag before environment before file before default, each with its
 * origin. Unknown names are errors, secrets are masked and never taken from a command line.
 */
@NullMarked
package dev.warren.engine.configuration;

import org.jspecify.annotations.NullMarked;
