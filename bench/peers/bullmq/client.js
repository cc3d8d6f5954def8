'use strict';

const { createInterface } = require('node:readline');
const { performance } = require('node:perf_hooks');
const { Queue, QueueEvents } = require('bullmq');
const settings = require('./settings.js');

const window = Number(process.env.PEER_WINDOW);
const argument = 'x'.repeat(Number(process.env.PEER_BYTES) - 2);
const LAST_ANSWERS = 60_000;

const queue = new Queue(settings.queue, {
  connection: settings.connection(),
  // Finished jobs are dropped: what comes of them is heard by the events.
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
});
const events = new QueueEvents(settings.queue, { connection: settings.connection() });

// What hears of the end of each task.
let ended = () => {};
events.on('completed', ({ returnvalue }) => ended(returnvalue));
events.on('failed', () => ended(undefined));
for (const each of [queue, events]) each.on('error', (failure) => console.error(failure));

// Keeps so many tasks unfinished for so long, and waits for the last.
function run(seconds) {
  const begin = performance.now();
  let last = begin;
  let submitted = 0;
  let completed = 0;
  let failed = 0;
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(limit);
      const lost = submitted - completed - failed;
      resolve({ completed, seconds: (last - begin) / 1000, failed, lost });
    };
    const limit = setTimeout(finish, seconds * 1000 + LAST_ANSWERS);
    const submit = () => {
      submitted++;
      queue.add('echo', argument).catch(reject);
    };
    ended = (value) => {
      if (value === argument) {
        completed++;
        last = performance.now();
      } else {
        failed++;
      }
      if (performance.now() - begin < seconds * 1000) submit();
      else if (completed + failed === submitted) finish();
    };
    for (let i = 0; i < window; i++) submit();
  });
}

async function main() {
  await events.waitUntilReady();
  await new Promise((resolve) => {
    ended = resolve;
    queue.add('echo', 'first');
  });
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await run(Number(line.split(' ')[1]))));
  }
  process.exit(0);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
