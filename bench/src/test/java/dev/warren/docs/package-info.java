/** Tests that the documents say what is so. Here, because this module sees all others. */
@NullMarked
package dev.warren.docs;

import org.jspecify.annotations.NullMarked;
