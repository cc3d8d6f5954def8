/** JVMs that start fast: caches of what a program loads and of what it does at its start. */
@NullMarked
package dev.warren.engine.startup;

import org.jspecify.annotations.NullMarked;
