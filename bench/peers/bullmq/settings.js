'use strict';

// What worker and client of the BullMQ peer share.
module.exports = {
  queue: 'peer',
  // Each user of it makes a connection of its own: a worker's waits in a blocking command.
  connection: () => ({ path: `${process.env.PEER_STATE}/redis.sock`, maxRetriesPerRequest: null }),
};
