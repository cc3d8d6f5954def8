/**
 * The HTTP API: one class per resource, documents written in one place, problems told in one form.
 * Everything runs on event loops of its own; what may block (submitting) runs on virtual threads.
 */
@NullMarked
package dev.warren.gateway.http;

import org.jspecify.annotations.NullMarked;
