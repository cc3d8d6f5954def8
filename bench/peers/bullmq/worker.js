'use strict';

const { Worker } = require('bullmq');
const settings = require('./settings.js');

// The task gives back its argument.
const worker = new Worker(settings.queue, async (job) => job.data, {
  connection: settings.connection(),
  concurrency: 100,
});
worker.on('error', (failure) => console.error(failure));
