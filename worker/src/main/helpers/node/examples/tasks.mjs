/**
 * Tasks that show what a worker offers a program: progress, cancelling, errors, waiting, follow-ups.
 *
 *     warren worker --command 'node tasks.mjs' --queues default --set ready-folder=/tmp
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

// A program of your own has warren.mjs beside it: './warren.mjs'.
import { Reject, Retry, run, setting, Snooze, task } from '../warren.mjs';

task(
  'primes.count',
  { timeLimit: 60, description: 'Counts the primes below a limit, and tells its progress.' },
  async ({ limit }, context) => {
    let count = 0;
    const step = Math.max(1, Math.floor(limit / 20));
    for (let number = 2; number < limit; number++) {
      if (number % step === 0) {
        context.progress(number / limit, `${count} primes below ${number}`);
      }
      if (number % 1000 === 0) {
        // Lets the event loop hear that the task should stop: cancelled, or out of time.
        await breathe();
        if (context.signal.aborted) {
          context.log(`stopped after ${count} primes`);
          throw context.signal.reason;
        }
      }
      count += isPrime(number) ? 1 : 0;
    }
    return { primes: count };
  },
);

function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) {
      return false;
    }
  }
  return true;
}

/** The failure that the fleet shows has this name. It is tried again, as any error is. */
class OutOfStock extends Error {
  name = 'OutOfStock';
}

task(
  'orders.ship',
  { maxAttempts: 5, description: 'Ships an order: shows the three ways to fail.' },
  (order, context) => {
    if (!order.address) {
      // No attempt could mend it: dead at once.
      throw new Reject(`order ${order.order} has no address`);
    }
    if (order.courier === 'busy') {
      // A failed attempt; the next one comes when we say, not after the back-off of the type.
      throw new Retry('no courier is free', 30);
    }
    if ((order.stock ?? 1) < 1) {
      throw new OutOfStock(`order ${order.order}: nothing on the shelf`);
    }
    // A key that is the same for each attempt: whoever knows it ships once.
    return { shipped: order.order, key: context.idempotencyKey };
  },
);

task(
  'report.await',
  { description: 'Waits for a file without holding a place, and then submits what follows.' },
  async ({ report }, context) => {
    const name = path.basename(report);
    const found = await stat(path.join(setting('ready-folder') ?? '/tmp', name)).catch(() => null);
    if (!found) {
      // The same attempt again later. In between the task waits in the broker, and nothing runs.
      throw new Snooze(10);
    }
    // Submitted if this task succeeds, and only then.
    const follows = await context.submit('echo', { report: name, bytes: found.size });
    return { follows };
  },
);

run();
