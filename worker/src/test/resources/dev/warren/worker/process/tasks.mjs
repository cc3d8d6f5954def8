import process from 'node:process';
import { Reject, Retry, run, setting, Snooze, task } from './warren.mjs';

task(
  'other.same',
  {
    description: 'Gives back what it gets.',
    queue: 'cpu',
    timeLimit: 90,
    maxAttempts: 3,
    priority: 'high',
  },
  (args) => args,
);

task('other.pid', {}, () => process.pid);

task('other.talks', {}, async (args, context) => {
  console.log('noise on standard output');
  context.progress(0.5, 'half');
  context.log('hello');
  const next = await context.submit('next.one', { n: 1 }, { queue: 'cpu' });
  return [next, context.idempotencyKey, context.attempt, context.generation, setting('greeting')]
    .join(' ');
});

task('other.fails', {}, (args) => {
  switch (args) {
    case 'snooze':
      throw new Snooze(2.5);
    case 'later':
      throw new Retry('busy', 7);
    case 'never':
      throw new Reject('hopeless');
    case 'exit':
      process.exit(9);
    default:
      throw new Error('broken');
  }
});

task('other.waits', {}, (args, context) => {
  context.log('waits');
  return new Promise((resolve) => {
    context.signal.addEventListener('abort', () => resolve('stopped'));
  });
});

task('other.spins', {}, (args, context) => {
  context.log('spins');
  return new Promise((resolve) => {
    setTimeout(() => {
      for (;;);
    }, 50);
  });
});

run();
