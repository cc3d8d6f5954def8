package dev.warren.bench;

/** Percentiles of a latency, in milliseconds. */
record Latency(long count, double p50, double p90, double p99, double p999, double max) {}
