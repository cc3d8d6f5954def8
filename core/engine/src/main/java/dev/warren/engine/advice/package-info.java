/**
 * What is measured of the attempts of each type, and what follows from it: the lane that suits the
 * type and how many should run at once.
 */
@NullMarked
package dev.warren.engine.advice;

import org.jspecify.annotations.NullMarked;
