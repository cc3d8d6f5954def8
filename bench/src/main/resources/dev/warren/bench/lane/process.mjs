// The task of the process benchmark, in Node.js.
import { run, task } from './warren.mjs';

task('echo', {}, (given) => given);
run();
