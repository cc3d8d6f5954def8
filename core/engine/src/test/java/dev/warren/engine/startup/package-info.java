@NullMarked
package dev.warren.engine.startup;

import org.jspecify.annotations.NullMarked;
