/**
 * Tasks of a Warren worker, written for Node.js.
 *
 *     import { task, run } from './warren.mjs';
 *
 *     task('text.shout', { queue: 'default', timeLimit: 30 }, async (args, context) => {
 *       context.progress(0.5, 'half of it');
 *       return { text: args.text.toUpperCase() };
 *     });
 *
 *     run();
 *
 * A worker starts this program and restarts it: `warren worker --command "node tasks.mjs"`. It runs
 * one task at a time; a worker starts as many of them as it has places. Whatever a task throws is a
 * failed attempt, which is tried again; Reject ends the task for good, Retry and Snooze say when it
 * runs next. What it prints goes to the worker's log. A task that should stop is told by
 * `context.signal` (an AbortSignal); one that goes on, or blocks the event loop, is killed.
 *
 * Needs Node 18 and nothing else. The protocol is in docs/processes.md.
 */
import net from 'node:net';
import process from 'node:process';

const PROTOCOL = 1;
const LARGEST = 4 << 20;
const tasks = new Map();
const settings = new Map();

/** The task can never succeed: it is dead at once. */
export class Reject extends Error {}

/** The attempt failed; the next one comes after so many seconds, or after the type's back-off. */
export class Retry extends Error {
  constructor(message, after) {
    super(message);
    this.after = after;
  }
}

/** Not now: the same attempt again after so many seconds. Uses no attempt. */
export class Snooze extends Error {
  constructor(seconds) {
    super(`snoozes for ${seconds} s`);
    this.seconds = seconds;
  }
}

/**
 * Registers the body of a task type: a function of (arguments, context), async or not.
 * Options: description, queue, maxAttempts, timeLimit, priority, expiry; times in seconds.
 */
export function task(name, options, body) {
  if (tasks.has(name)) {
    throw new Error(`task type '${name}' is registered twice`);
  }
  tasks.set(name, { body, offered: offered(name, options) });
}

/** A setting of the worker, given to it as `--set name=value`. Known inside tasks. */
export function setting(name) {
  return settings.get(name);
}

/** What an attempt knows of itself and may ask of the fleet. */
class Context {
  #link;
  #run;
  #answers = new Map();
  #abort = new AbortController();

  constructor(link, told) {
    this.#link = link;
    this.#run = told.run;
    this.id = told.task;
    this.type = told.type;
    this.generation = told.generation;
    this.attempt = told.attempt;
    /** The same for every attempt of this generation: for systems that know repeats. */
    this.idempotencyKey = told.idempotencyKey;
    this.deadline = new Date(told.deadline);
  }

  /** Aborted when the attempt should stop. */
  get signal() {
    return this.#abort.signal;
  }

  progress(fraction, message = '') {
    this.#say('progress', { fraction, message: String(message) });
  }

  log(message) {
    this.#say('log', { message: String(message) });
  }

  /** Submits a task that follows from this one, if this one succeeds; resolves to its id. */
  submit(type, args, options = {}) {
    const number = this.#answers.size + 1;
    return new Promise((resolve) => {
      this.#answers.set(number, resolve);
      this.#say('submit', { number, ...offered(type, options), arguments: args ?? null });
    });
  }

  heard(told) {
    if (told.run !== this.#run) {
      return;
    }
    if (told.kind === 'cancel') {
      this.#abort.abort(new Error(told.reason));
    } else if (told.kind === 'submitted') {
      this.#answers.get(told.number)?.(told.task);
    }
  }

  stop() {
    this.#abort.abort(new Error('the worker is gone'));
  }

  #say(kind, fields) {
    this.#link.send({ kind, run: this.#run, ...fields });
  }
}

/** The socket to the worker: JSON, each message after its length in four bytes. */
class Link {
  #socket;
  #parts = [];
  #size = 0;

  constructor(path, heard, gone) {
    this.#socket = net.connect(path);
    this.#socket.on('data', (part) => this.#take(part, heard));
    this.#socket.on('close', gone);
    this.#socket.on('error', (error) => console.error(`the worker cannot be reached: ${error.message}`));
  }

  send(message) {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    if (body.length > LARGEST) {
      throw new Reject(`${body.length} bytes are more than a message takes: ${LARGEST}`);
    }
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    this.#socket.write(Buffer.concat([length, body]));
  }

  #take(part, heard) {
    this.#parts.push(part);
    this.#size += part.length;
    while (this.#size >= 4) {
      const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      const end = 4 + all.readUInt32BE(0);
      this.#parts = [all];
      if (all.length < end) {
        return;
      }
      this.#parts = [all.subarray(end)];
      this.#size = all.length - end;
      heard(JSON.parse(all.subarray(4, end).toString('utf8')));
    }
  }
}

/** Serves the worker that started this program; the program ends when the worker is gone. */
export function run() {
  const path = process.env.WARREN_CHILD_SOCKET;
  if (!path) {
    console.error("this program is started by a worker: warren worker --command 'node tasks.mjs'");
    process.exit(2);
  }
  let current = null;
  const heard = (told) => {
    if (told.kind === 'load') {
      Object.entries(told.settings ?? {}).forEach(([name, value]) => settings.set(name, value));
      link.send({ kind: 'ready', types: [...tasks.values()].map((each) => each.offered) });
    } else if (told.kind === 'run') {
      current = new Context(link, told);
      attempt(told, current).then((ended) => {
        current = null;
        say(link, told.run, ended);
      });
    } else {
      current?.heard(told);
    }
  };
  const gone = () => {
    current?.stop();
    setTimeout(() => process.exit(1), current ? 2000 : 0).unref();
    if (!current) {
      process.exit(0);
    }
  };
  const link = new Link(path, heard, gone);
  link.send({ kind: 'hello', token: process.env.WARREN_CHILD_TOKEN, protocol: PROTOCOL });
}

function say(link, run, ended) {
  try {
    link.send({ run, ...ended });
  } catch (unfit) {
    link.send({ run, kind: 'reject', failure: { type: 'InvalidResult', message: unfit.message } });
  }
}

async function attempt(told, context) {
  const registered = tasks.get(told.type);
  if (!registered) {
    return failed('reject', 'UnknownType', `this program does not know '${told.type}'`);
  }
  try {
    const result = await registered.body(told.arguments, context);
    return { kind: 'done', result: result ?? null };
  } catch (error) {
    if (error instanceof Reject) {
      return failed('reject', 'Rejected', error.message);
    }
    if (error instanceof Snooze) {
      return { kind: 'snooze', afterMillis: Math.round(error.seconds * 1000) };
    }
    const ended = failed('retry', error?.name ?? 'Error', error?.message ?? String(error), error?.stack);
    if (error instanceof Retry && error.after !== undefined) {
      ended.afterMillis = Math.round(error.after * 1000);
    }
    return ended;
  }
}

function failed(kind, type, message, stack = '') {
  return { kind, failure: { type, message, stack } };
}

function offered(type, options) {
  const all = {
    type,
    description: options.description,
    queue: options.queue,
    maxAttempts: options.maxAttempts,
    timeLimitMillis: millis(options.timeLimit),
    priority: options.priority,
    expiryMillis: millis(options.expiry),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function millis(seconds) {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
